package dev.batchapi.operator;

import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A fresh namespace for each test on the test cluster. */
public final class OwnNamespace implements BeforeEachCallback, AfterEachCallback {
  private final String prefix;
  private @Nullable KubernetesClient client;
  private @Nullable String name;

  /**
   * @param prefix of its name
   */
  public OwnNamespace(String prefix) {
    this.prefix = prefix;
  }

  /** Skips the test, and says so, where there is no cluster. */
  @Override
  public void beforeEach(ExtensionContext test) {
    client = Kubernetes.client(NamedCluster.configOrSkip(test.getRequiredTestClass()));
    var fresh =
        new NamespaceBuilder().withNewMetadata().withGenerateName(prefix).endMetadata().build();
    name = client.resource(fresh).create().getMetadata().getName();
  }

  @Override
  public void afterEach(ExtensionContext test) {
    if (client != null) {
      client.namespaces().withName(name).delete();
      client.close();
    }
  }

  public KubernetesClient client() {
    return Objects.requireNonNull(client, "before the test");
  }

  public String name() {
    return Objects.requireNonNull(name, "before the test");
  }
}
