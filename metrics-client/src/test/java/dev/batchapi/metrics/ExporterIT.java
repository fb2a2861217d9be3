package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the real statsd_exporter reads. */
class ExporterIT {
  private Exporter exporter;

  @BeforeEach
  void start() throws IOException {
    exporter = new Exporter();
  }

  @AfterEach
  void stop() {
    exporter.close();
  }

  @Test
  void readsTheDocumentedExamples() {
    try (StatsdMetrics metrics = StatsdMetrics.open(exporter.settings())) {
      metrics.increment("my_counter", 1, Map.of("model", "v1"));
      metrics.gauge("my_gauge", 42, Map.of("model", "v1"));
      metrics.histogram("my_histogram", 100, Map.of("model", "v1"));
    }

    await()
        .untilAsserted(
            () -> {
              assertThat(exporter.samples("my_counter"))
                  .containsExactly("my_counter{model=\"v1\"} 1");
              assertThat(exporter.samples("my_gauge")).containsExactly("my_gauge{model=\"v1\"} 42");
              assertThat(exporter.samples("my_histogram"))
                  .contains(
                      "my_histogram_sum{model=\"v1\"} 100", "my_histogram_count{model=\"v1\"} 1");
            });
    assertThatItIsWell();
  }

  @Test
  void negativeGaugesAreAbsolute() {
    try (StatsdMetrics metrics = StatsdMetrics.open(exporter.settings())) {
      metrics.gauge("g", 10);
      metrics.gauge("g", -5);
      metrics.gauge("g", -7);
    }

    await().untilAsserted(() -> assertThat(exporter.samples("g")).containsExactly("g -7"));
  }

  @Test
  void survivesEverythingThatKillsItOtherwise() {
    try (StatsdMetrics metrics = StatsdMetrics.open(exporter.settings())) {
      metrics.histogram("a", 0.5, Map.of("quantile", "0.5"));
      metrics.histogram("a", 0.5, Map.of("le", "0.5"));
      metrics.increment("b", 1, Map.of("__name__", "x", "__", "y"));
      metrics.gauge("go_goroutines", 1);
      metrics.gauge("process.open.fds", 1);
      metrics.increment("statsd_exporter_lines_total", 1);
      metrics.increment("c", Double.NaN);
      metrics.increment("c", Double.POSITIVE_INFINITY);
      metrics.increment("c", -1);
      metrics.histogram("d", 1, Map.of("x", "1|@0.0000001"));
      metrics.increment("e\nc:1|c|@0.001", Map.of("a,b", "c\nd:1|c"));
      metrics.histogram("f", 1);
      metrics.gauge("f_sum", 1);
      metrics.gauge("f", 1);
      metrics.increment("last");
    }

    await().untilAsserted(() -> assertThat(exporter.value("last")).isEqualTo(1));
    assertThat(lines("c")).isZero();
    assertThatItIsWell();
  }

  private double lines(String metric) {
    try {
      return exporter.value(metric);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertThatItIsWell() {
    try {
      assertThat(exporter.alive()).isTrue();
      assertThat(exporter.complaints()).isEmpty();
    } catch (IOException e) {
      throw new AssertionError("/metrics fails", e);
    }
  }
}
