package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a Job's pod from being made, and its containers from starting, in the words of who
 * knows: the Job controller's and kubelet's events, the scheduler, the pod's status. The same for
 * workers, splitters and collectors.
 */
public final class StartTroubles {
  /** As long as this a Job's pod may not have been seen yet. */
  private static final Duration POD_COMES = Duration.ofSeconds(2);

  private final RefusedPods refusedPods;
  private final MissingVolumes missingVolumes;

  public StartTroubles(LongSupplier nanoTime) {
    refusedPods = new RefusedPods(nanoTime);
    missingVolumes = new MissingVolumes(nanoTime);
  }

  /**
   * Of a Job whose pod has one container of ours and none of the author's.
   *
   * @param pod null: none was seen
   * @return empty if it runs, or if nothing is known
   */
  public Optional<Trouble> of(
      Job job, @Nullable Pod pod, String container, Instant now, KubernetesClient client) {
    if (pod == null) {
      return isYoung(job, now) ? Optional.empty() : suspended(job).or(() -> refused(job, client));
    }
    if (Containers.isRunning(Containers.of(pod, container))) {
      return Optional.empty();
    }
    return PodTroubles.beforeStart(pod, List.of(container)).or(() -> unmounted(pod, now, client));
  }

  static boolean isYoung(Job job, Instant now) {
    var made = PodEnd.created(job);
    return made.isPresent() && Duration.between(made.get(), now).compareTo(POD_COMES) < 0;
  }

  Optional<Trouble> refused(Job job, KubernetesClient client) {
    return refusedPods.of(job, client);
  }

  Optional<Trouble> unmounted(Pod pod, Instant now, KubernetesClient client) {
    return missingVolumes.of(pod, now, client);
  }

  static Optional<Trouble> suspended(Job job) {
    return Boolean.TRUE.equals(job.getSpec().getSuspend())
        ? Optional.of(
            new Trouble(
                Reason.JobSuspended,
                "Job \"%s\" is suspended, as by a queue such as Kueue that has not admitted it yet"
                    .formatted(job.getMetadata().getName())))
        : Optional.empty();
  }
}
