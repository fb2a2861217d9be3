package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.pod.HandlerContainer;
import dev.batchapi.operator.pod.WorkerContainer;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a pod's status says of its containers, and of itself. */
final class Containers {
  static final String WORKER = WorkerContainer.NAME;
  static final String HANDLER = HandlerContainer.NAME;

  private Containers() {}

  static @Nullable ContainerStatus of(Pod pod, String name) {
    if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
      return null;
    }
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> name.equals(status.getName()))
        .findFirst()
        .orElse(null);
  }

  static List<ContainerStatus> init(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getInitContainerStatuses() == null
        ? List.of()
        : pod.getStatus().getInitContainerStatuses();
  }

  static boolean isRunning(@Nullable ContainerStatus status) {
    return status != null && status.getState() != null && status.getState().getRunning() != null;
  }

  static boolean isReady(@Nullable ContainerStatus status) {
    return status != null && Boolean.TRUE.equals(status.getReady());
  }

  static @Nullable ContainerStateTerminated terminated(@Nullable ContainerStatus status) {
    return status == null || status.getState() == null ? null : status.getState().getTerminated();
  }

  static boolean isOomKilled(@Nullable ContainerStateTerminated container) {
    return container != null && "OOMKilled".equals(container.getReason());
  }

  /** How a container ended: {@code exit code 1: no such file}. */
  static String describe(ContainerStateTerminated container) {
    var text = "exit code " + container.getExitCode();
    if (container.getReason() != null && !container.getReason().equals("Error")) {
      text += ", " + container.getReason();
    }
    if (container.getMessage() != null && !container.getMessage().isBlank()) {
      text += ": " + container.getMessage().strip();
    }
    return text;
  }

  static Optional<PodCondition> condition(Pod pod, String type, String status) {
    if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
        .findFirst();
  }

  static Optional<String> message(Pod pod, String type, String status) {
    return condition(pod, type, status)
        .map(c -> c.getMessage() == null ? String.valueOf(c.getReason()) : c.getMessage());
  }
}
