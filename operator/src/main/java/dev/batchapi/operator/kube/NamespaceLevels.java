package dev.batchapi.operator.kube;

import dev.batchapi.operator.pod.PodSecurityLevel;
import dev.batchapi.operator.pod.RequiredLevel;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * What pods must keep in each namespace, by its labels.
 *
 * @param everywhere what is asked for in a namespace whose labels don't say otherwise
 */
public record NamespaceLevels(PodSecurityLevel everywhere, Namespaces namespaces) {

  /**
   * What is required there, as it was at most ten seconds ago.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server doesn't say
   */
  public RequiredLevel of(String namespace, KubernetesClient client) {
    return RequiredLevel.in(namespace, namespaces.labels(namespace, client), everywhere);
  }
}
