package dev.batchapi.operator.job;

import dev.batchapi.operator.job.WorkerState.Ended;
import dev.batchapi.operator.job.WorkerState.How;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a worker's state from its Job and its pod. The pod says it first: a Job's status trails by
 * two to three seconds. Exit codes are those of docs/protocol.md; code and reason are read
 * together, for a container may be OOMKilled and yet end with 0.
 */
final class PodReading {
  /**
   * A worker sees at once that its host has gone, and then ends with a reason of its own. This long
   * it may take until kubelet says so.
   */
  static final Duration WORKER_FOLLOWS = Duration.ofSeconds(5);

  private static final Set<String> IMAGE_TROUBLE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable");

  private PodReading() {}

  static WorkerState read(Job job, @Nullable Pod pod, Instant now) {
    if (pod == null) {
      if (isFinished(job)) {
        return new Ended(How.DISRUPTED, "its pod was deleted", now);
      }
      return job.getMetadata().getDeletionTimestamp() != null
          ? new WorkerState.Stopping()
          : new WorkerState.Pending(Optional.empty(), true);
    }
    var worker = terminated(container(pod, "worker"));
    var handler = terminated(container(pod, "handler"));
    if (worker != null) {
      return ended(pod, worker, handler, now);
    }
    if (pod.getMetadata().getDeletionTimestamp() != null
        || job.getMetadata().getDeletionTimestamp() != null) {
      return new WorkerState.Stopping();
    }
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    if ("Failed".equals(phase) || "Succeeded".equals(phase)) {
      return new Ended(How.DISRUPTED, podMessage(pod), now);
    }
    return handler == null ? alive(pod) : withoutHandler(pod, handler, now);
  }

  private static WorkerState alive(Pod pod) {
    var worker = container(pod, "worker");
    if (worker != null && Boolean.TRUE.equals(worker.getReady())) {
      return new WorkerState.Ready();
    }
    var trouble = trouble(pod);
    if (trouble.isPresent()) {
      return new WorkerState.Pending(trouble, false);
    }
    return running(worker) && running(container(pod, "handler"))
        ? new WorkerState.Starting()
        : new WorkerState.Pending(Optional.empty(), false);
  }

  private static WorkerState withoutHandler(
      Pod pod, ContainerStateTerminated handler, Instant now) {
    var at = time(handler.getFinishedAt()).orElse(now);
    var neverStarted = isStartError(handler);
    if (!neverStarted && now.isBefore(at.plus(WORKER_FOLLOWS))) {
      var worker = container(pod, "worker");
      return worker != null && Boolean.TRUE.equals(worker.getReady())
          ? new WorkerState.Ready()
          : new WorkerState.Starting();
    }
    return new Ended(
        How.HANDLER_BROKEN,
        "the handler's container ended before its handler was ready: " + describe(handler),
        at);
  }

  private static Ended ended(
      Pod pod,
      ContainerStateTerminated worker,
      @Nullable ContainerStateTerminated handler,
      Instant now) {
    var at = time(worker.getFinishedAt()).orElse(now);
    var code = worker.getExitCode() == null ? -1 : worker.getExitCode();
    var told = pod.getMetadata().getDeletionTimestamp() != null || isDisrupted(pod);
    var how =
        switch (code) {
          case 0 -> How.DONE;
          case 3 -> How.HANDLER_INVALID;
          case 4 -> How.HANDLER_BROKEN;
          case 8 -> How.TAMPERED;
          case 143 -> How.DISRUPTED;
          default -> told ? How.DISRUPTED : How.LOST;
        };
    return new Ended(how, words(worker, handler), at);
  }

  /** The worker's own last words, and what it could not know: how the other container ended. */
  private static String words(
      ContainerStateTerminated worker, @Nullable ContainerStateTerminated handler) {
    var own = worker.getMessage() == null ? "" : worker.getMessage().strip();
    if (own.isEmpty()) {
      own = "the worker's container ended: " + describe(worker);
    }
    return handler != null && isOomKilled(handler)
        ? own
            + " (the handler's container was OOMKilled: it took more memory than its limit, exit code %d)"
                .formatted(handler.getExitCode())
        : own;
  }

  static boolean isOomKilled(@Nullable ContainerStateTerminated container) {
    return container != null && "OOMKilled".equals(container.getReason());
  }

  private static boolean isStartError(ContainerStateTerminated handler) {
    return "StartError".equals(handler.getReason())
        || "ContainerCannotRun".equals(handler.getReason());
  }

  private static String describe(ContainerStateTerminated container) {
    var text = "exit code " + container.getExitCode();
    if (container.getReason() != null && !container.getReason().equals("Error")) {
      text += ", " + container.getReason();
    }
    if (container.getMessage() != null && !container.getMessage().isBlank()) {
      text += ": " + container.getMessage().strip();
    }
    return text;
  }

  private static Optional<Trouble> trouble(Pod pod) {
    for (var name : new String[] {"handler", "worker"}) {
      var status = container(pod, name);
      if (status == null || status.getState() == null) {
        continue;
      }
      var waiting = status.getState().getWaiting();
      if (waiting == null || waiting.getReason() == null) {
        continue;
      }
      var message = waiting.getMessage() == null ? waiting.getReason() : waiting.getMessage();
      if (IMAGE_TROUBLE.contains(waiting.getReason())) {
        return Optional.of(
            new Trouble(
                "ImagePullFailed",
                "image \"%s\" of container %s: %s".formatted(status.getImage(), name, message)));
      }
      if (waiting.getReason().endsWith("Error")) {
        return Optional.of(
            new Trouble("ContainerConfigInvalid", "container %s: %s".formatted(name, message)));
      }
    }
    return condition(pod, "PodScheduled", "False")
        .map(message -> new Trouble("Unschedulable", message));
  }

  private static Optional<String> condition(Pod pod, String type, String status) {
    if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
        .map(c -> c.getMessage() == null ? String.valueOf(c.getReason()) : c.getMessage())
        .findFirst();
  }

  private static boolean isDisrupted(Pod pod) {
    return condition(pod, "DisruptionTarget", "True").isPresent();
  }

  private static String podMessage(Pod pod) {
    return condition(pod, "DisruptionTarget", "True")
        .or(() -> Optional.ofNullable(pod.getStatus().getMessage()))
        .orElse("its pod ended: " + pod.getStatus().getReason());
  }

  static boolean isFinished(Job job) {
    return job.getStatus() != null
        && job.getStatus().getConditions() != null
        && job.getStatus().getConditions().stream()
            .anyMatch(
                c ->
                    "True".equals(c.getStatus())
                        && ("Failed".equals(c.getType()) || "Complete".equals(c.getType())));
  }

  /** Whether a container of the pod still runs. */
  static boolean lingers(@Nullable Pod pod) {
    return pod != null && (running(container(pod, "worker")) || running(container(pod, "handler")));
  }

  private static boolean running(@Nullable ContainerStatus status) {
    return status != null && status.getState() != null && status.getState().getRunning() != null;
  }

  static @Nullable ContainerStateTerminated terminated(@Nullable ContainerStatus status) {
    return status == null || status.getState() == null ? null : status.getState().getTerminated();
  }

  static @Nullable ContainerStatus container(Pod pod, String name) {
    if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
      return null;
    }
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> name.equals(status.getName()))
        .findFirst()
        .orElse(null);
  }

  private static Optional<Instant> time(@Nullable String rfc3339) {
    return Optional.ofNullable(rfc3339).map(Instant::parse);
  }
}
