package dev.batchapi.operator;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.batchapi.crds.BatchApi;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The test cluster that {@code BATCHAPI_E2E_KUBECONFIG} names. */
public final class NamedCluster {
  private static final String VARIABLE = "BATCHAPI_E2E_KUBECONFIG";

  private NamedCluster() {}

  /** The way to it, as an admin; empty where no cluster is named. */
  public static Optional<Path> kubeconfig() {
    return Optional.ofNullable(System.getenv(VARIABLE))
        .filter(path -> !path.isBlank())
        .map(Path::of);
  }

  /**
   * The same, as the client's configuration. Skips the test, and says so, where no cluster is
   * named.
   */
  public static Config configOrSkip(Class<?> test) {
    return config(kubeconfigOrSkip(test.getSimpleName()));
  }

  /** The way to the cluster. Skips the test, and says so, where no cluster is named. */
  public static Path kubeconfigOrSkip(String test) {
    var kubeconfig = kubeconfig();
    if (kubeconfig.isEmpty()) {
      System.err.printf(
          "SKIPPED: %s: it needs a cluster, and %s names none. `make test` brings one up as root.%n",
          test, VARIABLE);
      abort(VARIABLE + " is not set");
    }
    return kubeconfig.orElseThrow();
  }

  /** What a client needs to know of it. */
  public static Config config(Path kubeconfig) {
    try {
      return Config.fromKubeconfig(Files.readString(kubeconfig));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives it this build's definitions of both kinds. */
  public static void define(KubernetesClient client) {
    for (var plural : List.of("batchapis", "batchjobs")) {
      var yaml = "/dev/batchapi/crds/%s.batchapi.dev.yaml".formatted(plural);
      var definition =
          client
              .getKubernetesSerialization()
              .unmarshal(BatchApi.class.getResourceAsStream(yaml), CustomResourceDefinition.class);
      client.resource(definition).fieldManager("batchapi-tests").forceConflicts().serverSideApply();
      client
          .resource(definition)
          .waitUntilCondition(NamedCluster::isEstablished, 30, TimeUnit.SECONDS);
    }
  }

  private static boolean isEstablished(@Nullable CustomResourceDefinition definition) {
    return definition != null
        && definition.getStatus() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }
}
