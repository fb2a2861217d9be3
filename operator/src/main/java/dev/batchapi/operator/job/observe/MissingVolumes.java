package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Why kubelet can't mount a pod's volumes: a Secret, a ConfigMap or a disk is not there. */
public final class MissingVolumes {
  /** What takes no longer is nobody's trouble. */
  private static final Duration MOUNTED_BY_THEN = Duration.ofSeconds(5);

  private final NamespaceEvents events;

  public MissingVolumes(LongSupplier nanoTime) {
    events = new NamespaceEvents("Pod", "FailedMount", RefusedPods.SHARED, nanoTime);
  }

  /** The last failure for a pod whose containers don't start yet; empty if there is none. */
  Optional<Trouble> of(Pod pod, Instant now, KubernetesClient client) {
    var age = PodEnd.created(pod).map(made -> Duration.between(made, now));
    if (age.isEmpty() || age.get().compareTo(MOUNTED_BY_THEN) < 0) {
      return Optional.empty();
    }
    return events
        .last(pod.getMetadata().getNamespace(), pod.getMetadata().getUid(), client)
        .map(
            message ->
                message.contains("not found")
                    ? new Trouble(Reason.ContainerConfigInvalid, message)
                    : new Trouble(Reason.VolumeNotMounted, message));
  }
}
