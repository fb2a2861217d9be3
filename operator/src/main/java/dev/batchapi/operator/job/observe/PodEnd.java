package dev.batchapi.operator.job.observe;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.operator.job.observe.WorkerState.Ended;
import dev.batchapi.operator.job.observe.WorkerState.How;
import dev.batchapi.operator.pod.Labels;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a worker's pod ended. Only with a sign that somebody took it away is that not its own loss:
 * what kubelet refuses, and what ends before its containers run, would end the same way again.
 */
public final class PodEnd {
  private static final Set<String> TAKEN_AWAY =
      Set.of(
          "Evicted",
          "Preempted",
          "Preempting",
          "Shutdown",
          "NodeShutdown",
          "Terminated",
          "NodeLost");

  /** A pod that is evicted for what it took itself; a node in need says "was low on". */
  private static final Pattern OVER_ITS_LIMIT = Pattern.compile("exceed(s|ed)\\b.*\\blimit");

  /** How far a node's clock may be ahead. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  private PodEnd() {}

  /** Of a pod whose worker has ended. */
  static Ended of(Pod pod, ContainerStateTerminated worker, Instant now) {
    var handler = Containers.terminated(Containers.of(pod, Containers.HANDLER));
    var at = time(pod, now, worker.getFinishedAt());
    if (isOverItsLimit(pod)) {
      return new Ended(How.LOST, pod.getStatus().getMessage().strip(), at);
    }
    var code = worker.getExitCode() == null ? -1 : worker.getExitCode();
    var how =
        ExitCode.of(code)
            .map(
                exit ->
                    switch (exit) {
                      case DONE -> How.DONE;
                      case HANDLER_INVALID -> How.HANDLER_INVALID;
                      case HANDLER_BROKEN -> How.HANDLER_BROKEN;
                      case TAMPERED -> How.TAMPERED;
                      case STORE_REFUSED -> How.STORE_REFUSED;
                      case RELEASED -> How.DISRUPTED;
                      case HOST_ENDED,
                          HOST_ABSENT,
                          QUEUE_REFUSED,
                          STORAGE_UNAVAILABLE,
                          USAGE,
                          UNEXPECTED ->
                          How.LOST;
                    })
            .orElse(How.LOST);
    return new Ended(
        how == How.LOST && isDisrupted(pod) ? How.DISRUPTED : how, words(worker, handler), at);
  }

  /** Of a pod that ended and whose worker never ran, as far as can be seen. */
  static Ended withoutWorker(Pod pod, Instant now) {
    var at =
        time(
            pod,
            now,
            Containers.init(pod).stream()
                .map(Containers::terminated)
                .filter(Objects::nonNull)
                .map(ContainerStateTerminated::getFinishedAt)
                .filter(Objects::nonNull)
                .max(String::compareTo)
                .orElse(null));
    if (isTakenAway(pod)) {
      var words =
          Containers.message(pod, "DisruptionTarget", "True")
              .or(() -> Optional.ofNullable(pod.getStatus().getMessage()))
              .orElseGet(() -> "its pod ended: " + pod.getStatus().getReason());
      return new Ended(How.DISRUPTED, words, at);
    }
    return new Ended(How.NEVER_STARTED, whyNeverStarted(pod), at);
  }

  private static String whyNeverStarted(Pod pod) {
    var init =
        Containers.init(pod).stream()
            .flatMap(
                status -> {
                  var ended = Containers.terminated(status);
                  return ended == null || Objects.equals(ended.getExitCode(), 0)
                      ? Stream.empty()
                      : Stream.of(
                          "init container %s ended: %s"
                              .formatted(status.getName(), Containers.describe(ended)));
                })
            .findFirst();
    return init.orElseGet(
        () -> {
          var words =
              Stream.of(pod.getStatus().getReason(), pod.getStatus().getMessage())
                  .filter(text -> text != null && !text.isBlank())
                  .map(String::strip)
                  .collect(Collectors.joining(": "));
          return words.isEmpty()
              ? "its pod ended before its containers ran"
              : "its pod ended before its containers ran: " + words;
        });
  }

  /** Of a pod whose handler's container is over, and its worker doesn't end. */
  static Ended withoutHandler(Pod pod, ContainerStateTerminated handler, Instant now) {
    return new Ended(
        How.HANDLER_BROKEN,
        "the handler's container ended before its handler was ready: "
            + Containers.describe(handler),
        time(pod, now, handler.getFinishedAt()));
  }

  /** The worker's own last words, and what it could not know: how the other container ended. */
  private static String words(
      ContainerStateTerminated worker, @Nullable ContainerStateTerminated handler) {
    var own = worker.getMessage() == null ? "" : worker.getMessage().strip();
    if (own.isEmpty()) {
      own = "the worker's container ended: " + Containers.describe(worker);
    }
    return handler != null && Containers.isOomKilled(handler)
        ? own
            + " (the handler's container was OOMKilled: it took more memory than its limit, exit code %d)"
                .formatted(handler.getExitCode())
        : own;
  }

  /** Whether this is a pod of the BatchJob with this uid, and its handler was OOMKilled. */
  public static boolean isHandlerOomKilled(Pod pod, String uid) {
    return uid.equals(Labels.of(pod, Labels.JOB_UID))
        && Containers.isOomKilled(Containers.terminated(Containers.of(pod, Containers.HANDLER)));
  }

  /** Whether somebody took a pod away that has ended, which is not its own loss then. */
  public static boolean isTakenAway(Pod pod) {
    return isDisrupted(pod) && !isOverItsLimit(pod);
  }

  private static boolean isDisrupted(Pod pod) {
    var reason = pod.getStatus().getReason();
    return pod.getMetadata().getDeletionTimestamp() != null
        || Containers.condition(pod, "DisruptionTarget", "True").isPresent()
        || (reason != null && TAKEN_AWAY.contains(reason));
  }

  private static boolean isOverItsLimit(Pod pod) {
    var message = pod.getStatus().getMessage();
    return "Evicted".equals(pod.getStatus().getReason())
        && Containers.condition(pod, "DisruptionTarget", "True").isEmpty()
        && message != null
        && OVER_ITS_LIMIT.matcher(message).find();
  }

  /**
   * When it ended: as kubelet says, or what comes nearest. It must not move from pass to pass, or
   * the pause before a replacement never ends: kubelet may know no time, as after a reboot, and its
   * node's clock may be ahead.
   *
   * @param now for a pod that has no time at all, as no API server gives one
   * @param finishedAt of its container, as kubelet has it
   */
  public static Instant time(Pod pod, Instant now, @Nullable String finishedAt) {
    return Stream.concat(
            Stream.ofNullable(finishedAt),
            Stream.of("DisruptionTarget", "Ready").flatMap(type -> transition(pod, type).stream()))
        .map(Instant::parse)
        .filter(at -> !at.isAfter(now.plus(SKEW)))
        .findFirst()
        .orElseGet(() -> created(pod).orElse(now));
  }

  private static Optional<String> transition(Pod pod, String type) {
    return pod.getStatus() == null || pod.getStatus().getConditions() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(c -> type.equals(c.getType()))
            .map(PodCondition::getLastTransitionTime)
            .filter(Objects::nonNull)
            .findFirst();
  }

  /** By the API server's clock. */
  static Optional<Instant> created(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getCreationTimestamp()).map(Instant::parse);
  }
}
