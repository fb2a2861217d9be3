package dev.batchapi.operator.job.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of a BatchJob's time against a real API server: it takes no other one with it. */
class TimeToLiveIT {
  private static final String VARIABLE = "BATCHAPI_E2E_KUBECONFIG";
  private static final String JOB =
      """
      apiVersion: batchapi.dev/v1alpha1
      kind: BatchJob
      metadata: {name: nightly}
      spec: {apiName: none, input: {count: 1}}
      """;

  private KubernetesClient client;
  private String namespace;

  @BeforeEach
  void connect() {
    var kubeconfig = System.getenv(VARIABLE);
    if (kubeconfig == null) {
      System.err.printf("SKIPPED: TimeToLiveIT: %s names no cluster.%n", VARIABLE);
    }
    Assumptions.assumeTrue(kubeconfig != null, VARIABLE + " is not set");
    client = Kubernetes.client(Config.fromKubeconfig(Path.of(kubeconfig).toFile()));
    var fresh =
        new NamespaceBuilder().withNewMetadata().withGenerateName("ttl-").endMetadata().build();
    namespace = client.resource(fresh).create().getMetadata().getName();
  }

  @AfterEach
  void close() {
    if (client != null) {
      client.namespaces().withName(namespace).delete();
      client.close();
    }
  }

  private BatchJob submit() {
    return (BatchJob) Objects.requireNonNull(client.resource(JOB).inNamespace(namespace).create());
  }

  @Test
  void aBatchJobThatWasMadeAgainUnderTheNameStays() {
    var first = submit();
    client.resource(first).delete();
    var second = submit();

    assertThat(FinishedJob.delete(first, client)).as("look again").isPresent();

    assertThat(client.resource(second).get().getMetadata().getUid())
        .isEqualTo(second.getMetadata().getUid());
    assertThat(client.resource(second).get().getMetadata().getDeletionTimestamp()).isNull();
  }

  @Test
  void oneThatIsGoneIsNoTrouble() {
    var first = submit();
    client.resource(first).delete();

    assertThat(FinishedJob.delete(first, client)).isEmpty();
  }
}
