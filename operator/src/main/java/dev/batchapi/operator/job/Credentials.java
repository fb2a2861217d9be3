package dev.batchapi.operator.job;

import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The Secrets with which workers reach the queue. Workers read them anew at every connect. */
final class Credentials {
  private static final Duration VALID = Duration.ofDays(30);
  private static final Duration RENEWED_BEFORE = Duration.ofDays(15);

  /** Signs credentials for one job's workers. */
  interface Signer {
    String sign(String jobUid, Instant expires);
  }

  private final Signer signer;
  private final Clock clock;
  private final Map<String, Instant> expiry = new ConcurrentHashMap<>();

  Credentials(Signer signer, Clock clock) {
    this.signer = signer;
    this.clock = clock;
  }

  /** Makes the job's Secret, or renews it in time; once per process and job at the least. */
  void ensure(FrozenJob job, KubernetesClient client) {
    var now = clock.instant();
    var until = expiry.get(job.uid());
    if (until != null && now.isBefore(until.minus(RENEWED_BEFORE))) {
      return;
    }
    var expires = now.plus(VALID);
    var secret = FrozenObjects.credentials(job, signer.sign(job.uid(), expires), expires);
    client
        .resource(secret)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("batchapi-operator")
                .withForce(true)
                .build());
    expiry.put(job.uid(), expires);
  }

  void forget(String jobUid) {
    expiry.remove(jobUid);
  }
}
