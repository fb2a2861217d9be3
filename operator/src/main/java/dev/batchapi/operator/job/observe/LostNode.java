package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.operator.pod.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Optional;

/**
 * A node that has not been heard of for so long that the control plane has given it up. What runs
 * there may go on.
 *
 * @param since when that was
 * @param words for people
 */
public record LostNode(Instant since, String words) {
  /**
   * That of a pod, if it is lost. The control plane says so by taking the pod's readiness back and
   * nothing else, while the container's readiness is as kubelet wrote it last; kubelet itself never
   * says the one without the other, and names its reason.
   *
   * @param container of the pod, which was ready
   */
  public static Optional<LostNode> of(Pod pod, String container, Instant now) {
    return Containers.isReady(Containers.of(pod, container))
        ? Containers.condition(pod, "Ready", "False")
            .filter(c -> c.getReason() == null || c.getReason().isEmpty())
            .map(_ -> of(pod, now))
        : Optional.empty();
  }

  private static LostNode of(Pod pod, Instant now) {
    var since = PodEnd.time(pod, now, null);
    var node = Labels.of(pod, Trimmed.NODE);
    return new LostNode(
        since,
        "its node%s does not answer, the control plane has given it up since %s"
            .formatted(node.isEmpty() ? "" : " \"" + node + "\"", since));
  }
}
