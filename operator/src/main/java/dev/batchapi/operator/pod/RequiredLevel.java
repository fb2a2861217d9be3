package dev.batchapi.operator.pod;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The level of the Pod Security Standards that the pods of a namespace's jobs must keep. It is the
 * stricter one of two: what the API server enforces there, and what the operator asks for. The
 * latter may be changed for a namespace by a label on it, which the namespace's users can't set.
 *
 * @param because who asks for it, and the way out: a sentence for people
 * @param enforced what the API server itself enforces, by the namespace's label
 */
public record RequiredLevel(PodSecurityLevel level, String because, PodSecurityLevel enforced) {
  /** Whoever administers the cluster sets it on a namespace, to allow more there or less. */
  public static final String LABEL = "batchapi.dev/pod-security";

  /** Kubernetes' own: the API server refuses pods that don't keep its level. */
  static final String ENFORCED = "pod-security.kubernetes.io/enforce";

  /**
   * What is required in a namespace.
   *
   * @param everywhere what the operator asks for in every namespace
   * @param labels the namespace's
   */
  public static RequiredLevel in(
      String namespace, Map<String, String> labels, PodSecurityLevel everywhere) {
    var enforced = level(labels.get(ENFORCED), PodSecurityLevel.PRIVILEGED);
    var ours = level(labels.get(LABEL), everywhere);
    if (enforced.compareTo(ours) >= 0) {
      return new RequiredLevel(
          enforced,
          "Namespace \"%s\" enforces it by its label %s.".formatted(namespace, ENFORCED),
          enforced);
    }
    if (labels.containsKey(LABEL)) {
      return new RequiredLevel(
          ours,
          "Namespace \"%s\" asks for it by its label %s.".formatted(namespace, LABEL),
          enforced);
    }
    return new RequiredLevel(
        ours,
        "The operator asks for it in every namespace (BATCHAPI_POD_SECURITY); whoever administers the cluster can allow more in \"%s\" by its label %s."
            .formatted(namespace, LABEL),
        enforced);
  }

  /** A level that does not exist is the strictest, as the API server takes it too. */
  private static PodSecurityLevel level(@Nullable String label, PodSecurityLevel unset) {
    return label == null
        ? unset
        : PodSecurityLevel.named(label).orElse(PodSecurityLevel.RESTRICTED);
  }
}
