package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a pod keeps a level of Kubernetes' Pod Security Standards, as of Kubernetes 1.35. The API
 * server looks at this only in namespaces that are labelled for it, and only when the pod is made;
 * whoever writes a BatchAPI may have no right to create pods at all, and gets one by our hand.
 *
 * <p>A value of a type that Kubernetes does not take is refused where a refusal is the safe answer:
 * between our models and the API server it could still become the forbidden one.
 */
public final class PodSecurity {
  /** How many fields a message names, and with how many characters of each. */
  private static final int NAMED = 10;

  private static final int LONGEST = 200;

  private PodSecurity() {}

  /**
   * Checks a job's pods.
   *
   * @throws PodTemplateException if they don't keep the level, with every field that is against it
   *     and who asks for it
   */
  public static void check(RequiredLevel required, FrozenJob job) {
    var pod = WorkerPod.of(job, job.pod().labels());
    var socket = job.pod().statsdSocket();
    if (socket != null && socket.volume() == StatsdVolume.HOST_PATH) {
      checkSocket(required, socket, job.namespace());
      withoutSocket(pod);
    }
    check(required, pod);
  }

  /**
   * What the operator asks for is about what authors may do, and the socket's folder is not theirs:
   * only what the API server enforces forbids it.
   */
  private static void checkSocket(RequiredLevel required, StatsdSocket socket, String namespace) {
    if (required.enforced() != PodSecurityLevel.PRIVILEGED) {
      throw new PodTemplateException(
          "The Pod Security Standard \"%s\", which namespace \"%s\" enforces by its label %s, does not allow the node's folder %s (hostPath) that metrics need on their way to %s. Whoever administers the cluster can set the operator's BATCHAPI_STATSD_VOLUME to csi, with Datadog's CSI driver, or name a host:port for the namespace in BATCHAPI_STATSD_BY_NAMESPACE; an author can name one as spec.metrics.statsd."
              .formatted(
                  required.enforced(),
                  namespace,
                  RequiredLevel.ENFORCED,
                  socket.folder(),
                  socket.address()));
    }
  }

  private static void withoutSocket(ObjectNode pod) {
    var volumes = pod.path("spec").path("volumes").elements();
    while (volumes.hasNext()) {
      if (volumes.next().path("name").asText().equals(PodVolumes.STATSD)) {
        volumes.remove();
      }
    }
  }

  /**
   * Checks a pod template: the author's, merged with ours.
   *
   * @throws PodTemplateException as above
   */
  static void check(RequiredLevel required, ObjectNode podTemplate) {
    var found = against(required.level(), new PodTree(podTemplate));
    if (!found.isEmpty()) {
      throw refusal(required, found);
    }
  }

  private static List<String> against(PodSecurityLevel level, PodTree pod) {
    return switch (level) {
      case PRIVILEGED -> List.of();
      case BASELINE -> BaselineControls.of(pod);
      case RESTRICTED ->
          Stream.concat(BaselineControls.of(pod).stream(), RestrictedControls.of(pod).stream())
              .distinct()
              .toList();
    };
  }

  private static PodTemplateException refusal(RequiredLevel required, List<String> found) {
    var fields =
        found.stream()
            .limit(NAMED)
            .map(field -> field.length() <= LONGEST ? field : field.substring(0, LONGEST) + "…")
            .collect(Collectors.joining("; "));
    var more = found.size() - NAMED;
    return new PodTemplateException(
        "The Pod Security Standard \"%s\" does not allow %s%s. %s"
            .formatted(
                required.level(),
                fields,
                more > 0 ? "; and %d more".formatted(more) : "",
                required.because()));
  }
}
