package dev.batchapi.operator.job.accept;

import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The Secrets with which workers reach the queue: for an hour or so, renewed at half of it for as
 * long as the job lives. Workers read them anew at every connect.
 */
public final class Credentials {
  /** Renewed up to a tenth of the validity sooner, so that jobs that began together part. */
  private static final int SOONER = 10;

  /** Signs credentials for one job's workers. */
  public interface Signer {
    String sign(String namespace, String jobUid, Instant expires);
  }

  private final Signer signer;
  private final Duration validity;
  private final Clock clock;
  private final Map<String, Instant> renewal = new ConcurrentHashMap<>();

  public Credentials(Signer signer, Duration validity, Clock clock) {
    this.signer = signer;
    this.validity = validity;
    this.clock = clock;
  }

  /**
   * Makes the Secret of a live job, or renews it in time; once per process and job at the least. To
   * be called in every pass, whether or not a worker is made.
   */
  public void ensure(FrozenJob job, KubernetesClient client) {
    ensure(
        job,
        secret ->
            client
                .resource(secret)
                .patch(
                    new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("batchapi-operator")
                        .withForce(true)
                        .build()));
  }

  public void ensure(FrozenJob job, Consumer<Secret> apply) {
    var now = clock.instant();
    var until = renewal.get(job.uid());
    if (until != null && now.isBefore(until)) {
      return;
    }
    var expires = now.plus(validity);
    var credentials = signer.sign(job.namespace(), job.uid(), expires);
    apply.accept(FrozenObjects.credentials(job, credentials, expires));
    renewal.put(job.uid(), renewedAt(now));
  }

  private Instant renewedAt(Instant now) {
    var sooner = ThreadLocalRandom.current().nextLong(validity.toMillis() / SOONER);
    return now.plus(validity.dividedBy(2)).minusMillis(sooner);
  }

  public void forget(String jobUid) {
    renewal.remove(jobUid);
  }
}
