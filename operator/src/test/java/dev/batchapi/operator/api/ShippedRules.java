package dev.batchapi.operator.api;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The operator's permissions as they are installed; there or not, they apply to the tests. */
final class ShippedRules {
  private static final Path FILE = Path.of("../deploy/rbac-operator.yaml");
  private static final String NAMESPACE = "batchapi-system";
  private static final String NAME = "batchapi-operator";

  private ShippedRules() {}

  /** Whoever uses this configuration may do what the operator may do. */
  static Config of(Config admin) {
    return new ConfigBuilder(admin)
        .withImpersonateUsername("system:serviceaccount:%s:%s".formatted(NAMESPACE, NAME))
        .build();
  }

  static void install(KubernetesClient admin) {
    if (admin.rbac().clusterRoles().withName(NAME).get() != null) {
      return;
    }
    if (admin.namespaces().withName(NAMESPACE).get() == null) {
      admin
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
          .create();
    }
    try (var yaml = Files.newInputStream(FILE)) {
      admin.load(yaml).serverSideApply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
