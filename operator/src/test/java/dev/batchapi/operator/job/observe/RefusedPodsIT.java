package dev.batchapi.operator.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.kube.Kubernetes;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events in a real API server; the time is the test's. */
class RefusedPodsIT {
  private static final String VARIABLE = "BATCHAPI_E2E_KUBECONFIG";

  private final AtomicLong clock = new AtomicLong();
  private final RefusedPods refused = new RefusedPods(clock::get);
  private KubernetesClient client;
  private String namespace;

  @BeforeEach
  void connect() {
    var kubeconfig = System.getenv(VARIABLE);
    if (kubeconfig == null) {
      System.err.printf("SKIPPED: RefusedPodsIT: %s names no cluster.%n", VARIABLE);
    }
    Assumptions.assumeTrue(kubeconfig != null, VARIABLE + " is not set");
    client = Kubernetes.client(Config.fromKubeconfig(Path.of(kubeconfig).toFile()));
    var fresh =
        new NamespaceBuilder().withNewMetadata().withGenerateName("refused-").endMetadata().build();
    namespace = client.resource(fresh).create().getMetadata().getName();
  }

  @AfterEach
  void close() {
    if (client != null) {
      client.namespaces().withName(namespace).delete();
      client.close();
    }
  }

  @Test
  void theJobsOfANamespaceShareALook() {
    refuses("a", 1, "pods is forbidden: exceeded quota: none");
    assertThat(refused.of(job("a"), client))
        .get()
        .extracting(Trouble::reason)
        .isEqualTo(Reason.QuotaExceeded);

    refuses("b", 1, "admission webhook \"no\" denied the request");
    assertThat(refused.of(job("b"), client)).isEmpty();

    clock.addAndGet(RefusedPods.SHARED.toNanos());
    assertThat(refused.of(job("b"), client))
        .contains(new Trouble(Reason.PodRefused, "admission webhook \"no\" denied the request"));
    assertThat(refused.of(job("c"), client)).isEmpty();
  }

  @Test
  void theLastRefusalCounts() {
    refuses("a", 1, "the first");
    refuses("a", 2, "the last");

    assertThat(refused.of(job("a"), client)).map(Trouble::message).contains("the last");
  }

  @Test
  void whatWasReadStaysWhileTheApiServerIsAway() {
    refuses("a", 1, "no");
    refused.of(job("a"), client);
    clock.addAndGet(RefusedPods.SHARED.toNanos());

    var nowhere = new ConfigBuilder(Config.empty()).withMasterUrl("http://127.0.0.1:1").build();
    try (var away = Kubernetes.client(nowhere)) {
      assertThat(refused.of(job("a"), away)).isPresent();
    }
  }

  private Job job(String uid) {
    return new JobBuilder()
        .withNewMetadata()
        .withName(uid)
        .withNamespace(namespace)
        .withUid(uid)
        .endMetadata()
        .build();
  }

  /** What the Job controller says. */
  private void refuses(String uid, int number, String message) {
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withName("%s.%d".formatted(uid, number))
            .withNamespace(namespace)
            .endMetadata()
            .withNewInvolvedObject()
            .withKind("Job")
            .withName(uid)
            .withNamespace(namespace)
            .withUid(uid)
            .endInvolvedObject()
            .withReason("FailedCreate")
            .withType("Warning")
            .withMessage(message)
            .build();
    client.resource(event).create();
  }
}
