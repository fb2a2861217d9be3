package dev.batchapi.operator.api;

import static org.awaitility.Awaitility.await;

import dev.batchapi.operator.NamedCluster;
import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** A namespace of its own in the test cluster. */
final class Cluster implements AutoCloseable {
  private final Config config;
  private final KubernetesClient client;
  private final String namespace = "it-api-" + UUID.randomUUID().toString().substring(0, 8);

  private Cluster(Config config) {
    this.config = config;
    this.client = Kubernetes.client(config);
  }

  /** Skips the test, and says so, where there is no cluster. */
  static Cluster connect() {
    var cluster = new Cluster(NamedCluster.configOrSkip(BatchApiReconcilerIT.class));
    cluster.prepare();
    return cluster;
  }

  private void prepare() {
    ShippedRules.install(client);
    NamedCluster.define(client);
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
  }

  /** What whoever tests may do everything with. */
  KubernetesClient client() {
    return client;
  }

  KubernetesClient anotherClient() {
    return Kubernetes.client(config);
  }

  /** The operator's, with its permissions. */
  KubernetesClient operatorsClient() {
    return Kubernetes.client(ShippedRules.of(config));
  }

  String namespace() {
    return namespace;
  }

  /** What whoever administers the cluster does to the namespace; null takes the label away. */
  void label(String name, @Nullable String value) {
    client
        .namespaces()
        .withName(namespace)
        .edit(
            there ->
                value == null
                    ? new NamespaceBuilder(there)
                        .editMetadata()
                        .removeFromLabels(name)
                        .endMetadata()
                        .build()
                    : new NamespaceBuilder(there)
                        .editMetadata()
                        .addToLabels(name, value)
                        .endMetadata()
                        .build());
  }

  /** What a person does with {@code kubectl apply}. */
  <T extends HasMetadata> T apply(String yaml, Class<T> type) {
    var object = client.getKubernetesSerialization().unmarshal(yaml, type);
    object.getMetadata().setNamespace(namespace);
    return client.resource(object).fieldManager("person").forceConflicts().serverSideApply();
  }

  <T extends HasMetadata> Resource<T> named(Class<T> type, String name) {
    return client.resources(type).inNamespace(namespace).withName(name);
  }

  /** What another controller does. */
  void applyStatus(HasMetadata object) {
    client
        .resource(object)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("another")
                .withForce(true)
                .build());
  }

  /** Collects what becomes of an object from now on. */
  <T extends HasMetadata> Watch watch(T object, List<T> modified) {
    return client
        .resource(object)
        .watch(
            new ListOptionsBuilder()
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .build(),
            new Watcher<T>() {
              @Override
              public void eventReceived(Action action, T seen) {
                modified.add(seen);
              }

              @Override
              public void onClose(WatcherException cause) {}
            });
  }

  void eventually(ThrowingRunnable check) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(check);
  }

  @Override
  public void close() {
    client.namespaces().withName(namespace).delete();
    client.close();
  }
}
