package dev.batchapi.operator.api;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.time.Duration;

/** The operator that is installed in the cluster, if one is; away while tests take its place. */
final class InstalledOperator implements AutoCloseable {
  private static final String NAMESPACE = "batchapi-system";
  private static final String NAME = "batchapi-operator";

  private final KubernetesClient admin;
  private final int replicas;

  private InstalledOperator(KubernetesClient admin, int replicas) {
    this.admin = admin;
    this.replicas = replicas;
  }

  /**
   * Waits until it is gone.
   *
   * @param admin is closed when it has come back
   */
  static InstalledOperator sendAway(KubernetesClient admin) {
    var there = deployment(admin).get();
    var replicas = there == null ? 0 : (int) there.getSpec().getReplicas();
    if (replicas > 0) {
      deployment(admin).scale(0);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  admin.pods().inNamespace(NAMESPACE).list().getItems().stream()
                      .noneMatch(pod -> pod.getMetadata().getName().startsWith(NAME + "-")));
    }
    return new InstalledOperator(admin, replicas);
  }

  private static RollableScalableResource<Deployment> deployment(KubernetesClient admin) {
    return admin.apps().deployments().inNamespace(NAMESPACE).withName(NAME);
  }

  /** Takes it back. */
  @Override
  public void close() {
    if (replicas > 0) {
      deployment(admin).scale(replicas);
    }
    admin.close();
  }
}
