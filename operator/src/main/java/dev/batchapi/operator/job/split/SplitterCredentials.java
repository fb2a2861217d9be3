package dev.batchapi.operator.job.split;

import dev.batchapi.operator.pod.SplitPlan;
import dev.batchapi.operator.pod.SplitterJobs;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The Secrets with which splitters reach the queue, renewed at half of their life. */
final class SplitterCredentials {
  /** Signs credentials for one job's splitters. */
  interface Signer {
    String sign(String namespace, String jobUid, Instant expires);
  }

  private final Signer signer;
  private final Duration validity;
  private final Clock clock;
  private final Map<String, Instant> renewal = new ConcurrentHashMap<>();

  SplitterCredentials(Signer signer, Duration validity, Clock clock) {
    this.signer = signer;
    this.validity = validity;
    this.clock = clock;
  }

  /** Makes the Secret, or renews it in time; once per process and job at the least. */
  void ensure(SplitPlan plan, KubernetesClient client) {
    var now = clock.instant();
    var until = renewal.get(plan.job().uid());
    if (until != null && now.isBefore(until)) {
      return;
    }
    var expires = now.plus(validity);
    var credentials = signer.sign(plan.job().namespace(), plan.job().uid(), expires);
    client
        .resource(SplitterJobs.credentials(plan, credentials, expires))
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("batchapi-operator")
                .withForce(true)
                .build());
    renewal.put(plan.job().uid(), now.plus(validity.dividedBy(2)));
  }

  void forget(String uid) {
    renewal.remove(uid);
  }
}
