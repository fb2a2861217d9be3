package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.job.observe.WorkerState.Ended;
import dev.batchapi.operator.job.observe.WorkerState.How;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a worker's state from its Job and its pod. The pod says it first: a Job's status trails by
 * two to three seconds. Exit codes are those of docs/protocol/worker-and-operator.md; code and
 * reason are read together, for a container may be OOMKilled and yet end with 0.
 */
final class PodReading {
  /**
   * A worker sees at once that its host has gone, and then ends with a reason of its own. This long
   * it may take until kubelet says so.
   */
  static final Duration WORKER_FOLLOWS = Duration.ofSeconds(5);

  private PodReading() {}

  /**
   * The state.
   *
   * @param queue where the worker looks for the queue, for what people are told
   */
  static WorkerState read(Job job, @Nullable Pod pod, String queue, Instant now) {
    if (pod == null) {
      return withoutPod(job, now);
    }
    var worker = Containers.terminated(Containers.of(pod, Containers.WORKER));
    if (worker != null) {
      return PodEnd.of(pod, worker, now);
    }
    if (pod.getMetadata().getDeletionTimestamp() != null
        || job.getMetadata().getDeletionTimestamp() != null) {
      return new WorkerState.Stopping();
    }
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    if ("Failed".equals(phase) || "Succeeded".equals(phase)) {
      return PodEnd.withoutWorker(pod, now);
    }
    var lost = LostNode.of(pod, Containers.WORKER, now);
    if (lost.isPresent()) {
      return new Ended(How.DISRUPTED, lost.get().words(), lost.get().since());
    }
    var handler = Containers.terminated(Containers.of(pod, Containers.HANDLER));
    return handler == null ? alive(pod, queue, now) : withoutHandler(pod, handler, now);
  }

  private static WorkerState withoutPod(Job job, Instant now) {
    var finished = finishedAt(job);
    if (finished.isPresent()) {
      return new Ended(How.DISRUPTED, "its pod was deleted", earlier(finished.get(), now));
    }
    return job.getMetadata().getDeletionTimestamp() != null
        ? new WorkerState.Stopping()
        : new WorkerState.Pending(Optional.empty(), true);
  }

  private static WorkerState alive(Pod pod, String queue, Instant now) {
    var worker = Containers.of(pod, Containers.WORKER);
    if (Containers.isReady(worker)) {
      return new WorkerState.Ready();
    }
    var trouble = PodTroubles.beforeStart(pod);
    if (trouble.isPresent()) {
      return new WorkerState.Pending(trouble, false);
    }
    if (Containers.isRunning(worker)
        && Containers.isRunning(Containers.of(pod, Containers.HANDLER))) {
      var waits = PodTroubles.whileStarting(pod, queue, now);
      return waits.isPresent() ? new WorkerState.Pending(waits, true) : new WorkerState.Starting();
    }
    return new WorkerState.Pending(Optional.empty(), mayLackVolumes(pod));
  }

  /** Until its sandbox is made, and nothing but events tells what for it waits. */
  private static boolean mayLackVolumes(Pod pod) {
    return Containers.condition(pod, "PodScheduled", "True").isPresent()
        && Containers.condition(pod, "PodReadyToStartContainers", "True").isEmpty();
  }

  private static WorkerState withoutHandler(
      Pod pod, ContainerStateTerminated handler, Instant now) {
    var ended = PodEnd.withoutHandler(pod, handler, now);
    if (!isStartError(handler) && now.isBefore(ended.at().plus(WORKER_FOLLOWS))) {
      return Containers.isReady(Containers.of(pod, Containers.WORKER))
          ? new WorkerState.Ready()
          : new WorkerState.Starting();
    }
    return ended;
  }

  private static boolean isStartError(ContainerStateTerminated handler) {
    return "StartError".equals(handler.getReason())
        || "ContainerCannotRun".equals(handler.getReason());
  }

  /** When the Job controller says that it ended; the beginning of time if it doesn't say when. */
  private static Optional<Instant> finishedAt(Job job) {
    return conditions(job)
        .filter(
            c ->
                "True".equals(c.getStatus())
                    && ("Failed".equals(c.getType()) || "Complete".equals(c.getType())))
        .findFirst()
        .map(
            c ->
                Optional.ofNullable(c.getLastTransitionTime())
                    .map(Instant::parse)
                    .or(() -> PodEnd.created(job))
                    .orElse(Instant.EPOCH));
  }

  private static Stream<JobCondition> conditions(Job job) {
    return job.getStatus() == null || job.getStatus().getConditions() == null
        ? Stream.empty()
        : job.getStatus().getConditions().stream();
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Whether a container of the pod still runs. */
  static boolean lingers(@Nullable Pod pod) {
    return pod != null
        && (Containers.isRunning(Containers.of(pod, Containers.WORKER))
            || Containers.isRunning(Containers.of(pod, Containers.HANDLER)));
  }
}
