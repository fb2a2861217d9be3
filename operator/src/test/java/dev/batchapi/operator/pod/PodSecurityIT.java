package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.operator.NamedCluster;
import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** The API server itself judges the pods of {@code PodSecurityTest}, in namespaces that enforce. */
@Tag("alone")
class PodSecurityIT {
  private static final String UNIQUE = UUID.randomUUID().toString().substring(0, 8);

  private static @Nullable KubernetesClient client;

  @BeforeAll
  static void makeNamespaces() {
    var connected = Kubernetes.client(NamedCluster.configOrSkip(PodSecurityIT.class));
    client = connected;
    for (var level : PodSecurityLevel.values()) {
      connected
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(namespace(level))
                  .addToLabels(RequiredLevel.ENFORCED, level.toString())
                  .endMetadata()
                  .build())
          .create();
      await()
          .until(
              () ->
                  connected
                          .serviceAccounts()
                          .inNamespace(namespace(level))
                          .withName("default")
                          .get()
                      != null);
    }
  }

  @AfterAll
  static void deleteNamespaces() {
    if (client != null) {
      for (var level : PodSecurityLevel.values()) {
        client.namespaces().withName(namespace(level)).delete();
      }
      client.close();
    }
  }

  private static String namespace(PodSecurityLevel level) {
    return "it-pss-%s-%s".formatted(level, UNIQUE);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/pod-security.csv", delimiter = '|', quoteCharacter = '\1')
  void kubernetesSaysTheSame(String firstLevel, String template) {
    var refusedBy = new ArrayList<PodSecurityLevel>();
    for (var level : PodSecurityLevel.values()) {
      if (isRefused(PodSecurityTest.pod(template), level)) {
        refusedBy.add(level);
      }
    }

    assertThat(refusedBy)
        .isEqualTo(
            switch (firstLevel) {
              case "baseline" -> List.of(PodSecurityLevel.BASELINE, PodSecurityLevel.RESTRICTED);
              case "restricted" -> List.of(PodSecurityLevel.RESTRICTED);
              default -> List.of();
            });
  }

  private static boolean isRefused(ObjectNode template, PodSecurityLevel level) {
    template.withObject("/metadata").put("name", "worker");
    var pod = KubernetesJson.model(template, Pod.class);
    try {
      Objects.requireNonNull(client)
          .pods()
          .inNamespace(namespace(level))
          .resource(pod)
          .dryRun()
          .create();
      return false;
    } catch (KubernetesClientException e) {
      assertThat(e).hasMessageContaining("violates PodSecurity \"%s".formatted(level));
      return true;
    }
  }
}
