package dev.batchapi.operator.job.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.JobInput;
import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of a BatchJob's time against a real API server: it takes no other one with it. */
class TimeToLiveIT {
  private static final String VARIABLE = "BATCHAPI_E2E_KUBECONFIG";
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
    var job = new BatchJob();
    job.setMetadata(new ObjectMetaBuilder().withName("nightly").withNamespace(namespace).build());
    job.setSpec(new BatchJobSpec("none", 1, new JobInput(null, null, 1), null, false, false, null));
    return client.resource(job).create();
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
