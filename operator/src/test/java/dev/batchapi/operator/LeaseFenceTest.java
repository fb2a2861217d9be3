package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.operator.kube.Kubernetes;
import dev.batchapi.operator.kube.LeaseFence;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a replica may do that led and was frozen; requests are real, and so is who takes them. */
class LeaseFenceTest {
  private static final String NAMESPACE = "batchapi-system";

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final AtomicInteger halts = new AtomicInteger();
  private final LeaseFence fence = new LeaseFence(NAMESPACE, nanos::get, halts::incrementAndGet);
  private TrainingApiServer server;
  private KubernetesClient client;

  @BeforeEach
  void open() throws IOException {
    server = new TrainingApiServer(Map.of());
    var config = Config.empty();
    config.setMasterUrl(server.url());
    client = Kubernetes.client(config, http -> http.addOrReplaceInterceptor("lease", fence));
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private void renew() {
    client
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName("batchapi-operator")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .build())
        .serverSideApply();
  }

  private void change() {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("any")
                .withNamespace("team")
                .endMetadata()
                .build())
        .create();
  }

  private void pass(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void whoHasTheLeaseChangesThings() {
    for (int i = 0; i < 5; i++) {
      renew();
      pass(20);
      change();
      fence.check();
    }
    assertThat(halts).hasValue(0);
  }

  @Test
  void whoStoodStillForLongerThanTheLeaseChangesNothingAndEnds() {
    renew();
    pass(30);

    assertThatThrownBy(this::change).hasStackTraceContaining("The Lease has run out");
    assertThatThrownBy(fence::check).hasMessageContaining("The Lease has run out");
    assertThat(client.configMaps().inNamespace("team").withName("any").get())
        .as("looking is no change")
        .isNull();
    assertThat(halts).hasValueGreaterThanOrEqualTo(2);
  }

  @Test
  void whoNeverLedIsNotAskedForALease() {
    pass(1_000);
    change();
    fence.check();
    assertThat(halts).hasValue(0);
  }
}
