package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.handler.MetricsClient;
import dev.batchapi.handler.Timer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What there is beyond the three calls. */
class ConveniencesIT {
  private final UdpReceiver server = new UdpReceiver();
  private StatsdMetrics metrics = StatsdMetrics.open(server.settings());

  @AfterEach
  void stop() {
    metrics.close();
    server.close();
  }

  private void open(MetricsSettings settings) {
    metrics.close();
    metrics = StatsdMetrics.open(settings);
  }

  @Test
  void aTagMayBeAPair() {
    metrics.gauge("g", 1, "model", "v1");
    metrics.histogram("h", 1, "model", "v1");
    metrics.increment("n", "model", "v1");
    metrics.increment("n", 2, "model", "v1");
    metrics.flush();

    server.awaitLines("g:1|g|#model:v1", "h:1|h|#model:v1", "n:3|c|#model:v1");
  }

  @Test
  void aChildAddsItsTagsAndAPushOverridesThem() {
    MetricsClient child = metrics.withTags(Map.of("model", "v1", "stage", "a"));
    child.withTags(Map.of("stage", "b")).gauge("g", 1);
    child.gauge("g", 2, Map.of("model", "v2"));
    child.gauge("g", 3);
    assertThat(child.flush()).isTrue();

    server.awaitLines(
        "g:1|g|#model:v1,stage:b", "g:2|g|#model:v2,stage:a", "g:3|g|#model:v1,stage:a");
  }

  @Test
  void aTimingIsInSeconds() {
    metrics.timing("t_seconds", Duration.ofMillis(1_250));
    metrics.timing("t_seconds", Duration.ofNanos(1), Map.of("k", "v"));
    metrics.timing("t_seconds", Duration.ofSeconds(Long.MAX_VALUE));
    metrics.flush();

    server.awaitLines(
        "t_seconds:1.25|h", "t_seconds:0.000000001|h|#k:v", "t_seconds:9223372036854776000|h");
  }

  @Test
  void aTimerPushesOnceWithItsLateTag() {
    try (Timer timer = metrics.timer("t_seconds", Map.of("model", "v1"))) {
      timer.tag("outcome", "ok").close();
    }
    metrics.flush();

    await().untilAsserted(() -> assertThat(server.lines()).hasSize(1));
    assertThat(server.lines().getFirst())
        .matches("t_seconds:[0-9]+\\.[0-9]+\\|h\\|#model:v1,outcome:ok");
  }

  @Test
  void aDistributionIsOneOnlyForDatadog() {
    metrics.distribution("d", 1, Map.of());
    open(server.settings().withFlavour(Flavour.DATADOG));
    metrics.distribution("d", 1, Map.of());
    metrics.gauge("go_x", 1);
    metrics.flush();

    server.awaitLines("d:1|h", "d:1|d", "go_x:1|g");
  }

  @Test
  void aCounterMayStartWithZeroAndItsValueFollowsLater() {
    open(server.settings().withZeroSeconds(1));
    metrics.increment("n", 3);
    metrics.flushSoon();
    server.awaitLines("n:0|c");
    metrics.increment("n", 4);
    metrics.flushSoon();

    server.awaitLines("n:0|c", "n:7|c");
    assertThat(server.datagrams()).containsExactly("n:0|c", "n:7|c");
  }

  @Test
  void aFlushSendsTheZeroAndTheValue() {
    open(server.settings().withZeroSeconds(300));
    metrics.increment("n", 3);
    metrics.flush();
    metrics.increment("n", 4);
    metrics.flush();

    server.awaitLines("n:0|c", "n:3|c", "n:4|c");
  }

  @Test
  void whatWasLostIsAMetricItself() {
    open(server.settings().withTags(Map.of("team", "vision")));
    metrics.gauge("g", Double.NaN);
    metrics.gauge("g", Double.NaN);
    metrics.gauge("g h", 1);
    metrics.flush();

    await()
        .untilAsserted(
            () ->
                assertThat(server.allLines())
                    .containsExactly(
                        "g_h:1|g|#team:vision",
                        "batchapi_metrics_dropped:2|c|#reason:value,team:vision",
                        "batchapi_metrics_changed:1|c|#reason:name_changed,team:vision"));
  }

  @Test
  void aLineAsLongAsADatagramIsSentAndOneMoreIsDropped() {
    // Four tags of 1 + 1 + 200 characters of three bytes each, and a name that fills the rest.
    String wide = "中".repeat(200);
    Map<String, String> tags = Map.of("a", wide, "b", wide);
    int rest = 1_400 - 2 * (2 + 600) - 1 - "|g|#".length() - ":1".length();
    metrics.gauge("n".repeat(rest), 1, tags);
    metrics.gauge("n".repeat(rest), 10, tags);
    metrics.flush();

    await().untilAsserted(() -> assertThat(server.lines()).hasSize(1));
    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.LENGTH, 1L));
  }

  @Test
  void aCounterThatCouldGrowTooLongIsDroppedAtOnce() {
    String wide = "中".repeat(200);
    metrics.increment("n".repeat(189), 1, Map.of("a", wide, "b", wide));

    assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.LENGTH, 1L));
  }

  @Test
  void aLineLeavesSoonWithoutAFlush() {
    metrics.histogram("h", 1);

    server.awaitLines("h:1|h");
  }
}
