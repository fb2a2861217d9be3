package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What keeps a pod's worker from starting, as far as the pod's status tells. */
final class PodTroubles {
  /** From the start of a container on: as long as this, what it waits for may just be slow. */
  static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final Set<String> IMAGE_TROUBLE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable");

  private PodTroubles() {}

  /** Before its containers run. */
  static Optional<Trouble> beforeStart(Pod pod) {
    return beforeStart(pod, List.of(Containers.HANDLER, Containers.WORKER));
  }

  /**
   * The same for another pod of ours.
   *
   * @param containers that it is made for
   */
  static Optional<Trouble> beforeStart(Pod pod, List<String> containers) {
    var init = Containers.init(pod).stream().map(c -> waiting(c, "init container " + c.getName()));
    var own =
        containers.stream()
            .map(name -> Optional.ofNullable(Containers.of(pod, name)))
            .flatMap(Optional::stream)
            .map(status -> waiting(status, "container " + status.getName()));
    return Stream.concat(init, own)
        .flatMap(Optional::stream)
        .findFirst()
        .or(
            () ->
                Containers.message(pod, "PodScheduled", "False")
                    .map(message -> new Trouble(Reason.Unschedulable, message)));
  }

  private static Optional<Trouble> waiting(ContainerStatus status, String name) {
    var waiting = status.getState() == null ? null : status.getState().getWaiting();
    if (waiting == null || waiting.getReason() == null) {
      return Optional.empty();
    }
    var message = waiting.getMessage() == null ? waiting.getReason() : waiting.getMessage();
    if (IMAGE_TROUBLE.contains(waiting.getReason())) {
      return Optional.of(
          new Trouble(
              Reason.ImagePullFailed,
              "image \"%s\" of %s: %s".formatted(status.getImage(), name, message)));
    }
    if (waiting.getReason().equals("CrashLoopBackOff")) { // one that is to stay beside the others
      return Optional.of(
          new Trouble(
              Reason.InitContainerFailed, "%s ends again and again: %s".formatted(name, message)));
    }
    return waiting.getReason().endsWith("Error")
        ? Optional.of(new Trouble(Reason.ContainerConfigInvalid, "%s: %s".formatted(name, message)))
        : Optional.empty();
  }

  /**
   * While its containers run: what they wait for in vain. Both show by a probe when they have got
   * that far, for they could tell nobody.
   *
   * @param queue where the worker looks for the queue
   */
  static Optional<Trouble> whileStarting(Pod pod, String queue, Instant now) {
    var worker = Containers.of(pod, Containers.WORKER);
    if (waitsTooLong(pod, worker, now)) {
      return Optional.of(
          new Trouble(
              Reason.QueueUnreachable,
              "the worker can't reach the queue at %s. Where network policies restrict egress, allow these pods TCP to the queue's port and DNS; the log of the container worker has the error."
                  .formatted(queue)));
    }
    var handler = Containers.of(pod, Containers.HANDLER);
    if (isStarted(worker) && waitsTooLong(pod, handler, now)) {
      return Optional.of(
          new Trouble(
              Reason.HandlerNotConnected,
              "the handler's container runs, but its process has not connected to the worker: see what it does before it starts the host, kubectl logs."));
    }
    return Optional.empty();
  }

  private static boolean waitsTooLong(
      Pod pod, @org.jspecify.annotations.Nullable ContainerStatus status, Instant now) {
    if (status == null || isStarted(status) || !Containers.isRunning(status)) {
      return false;
    }
    // Never before the pod was made, whatever the node's clock says.
    var since = PodEnd.time(pod, now, status.getState().getRunning().getStartedAt());
    var made = PodEnd.created(pod).orElse(since);
    return !now.isBefore((since.isBefore(made) ? made : since).plus(PATIENCE));
  }

  /** Also true without a probe that would say so. */
  private static boolean isStarted(@org.jspecify.annotations.Nullable ContainerStatus status) {
    return status != null && !Boolean.FALSE.equals(status.getStarted());
  }
}
