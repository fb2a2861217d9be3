package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What handlers push, from ten workers through the cluster's network to the installed exporter.
 * {@code -De2e.batches} and {@code -De2e.runs} make it longer: 10000 and 5 are the product's
 * promise, the defaults are for every day.
 */
@ExtendWith(Cluster.class)
final class MetricsIT {
  private static final int WORKERS = 10;
  private static final int BATCHES = Integer.getInteger("e2e.batches", 1_000);
  private static final int RUNS = Integer.getInteger("e2e.runs", 1);
  private static final Duration LONG = Duration.ofMinutes(15);

  private static final String PYTHON =
      """
      class Handler:
          def __init__(self, config, metrics_client):
              self.m = metrics_client
              self.name = config["name"]
          def handle_batch(self, payload):
              self.m.increment(self.name + "_count", 3)
              self.m.gauge(self.name + "_last", payload[0])
              self.m.histogram(self.name + "_seen", 0.5)
      """;
  private static final String JAVA =
      """
      import dev.batchapi.handler.*;
      import java.util.*;
      public final class Handler implements BatchHandler<Integer, String> {
        private final MetricsClient m;
        private final String name;
        public Handler(Map<String, Object> config, MetricsClient metrics) {
          m = metrics;
          name = (String) config.get("name");
        }
        @Override public String handleBatch(List<Integer> payload, BatchContext batch) {
          m.increment(name + "_count", 3);
          m.gauge(name + "_last", payload.get(0));
          m.histogram(name + "_seen", 0.5);
          return null;
        }
      }
      """;

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("metrics");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"python", "java"})
  void theSumsAreExact(String language) {
    for (var run = 0; run < RUNS; run++) {
      var name = "e2e_exact_%s_%s_%d".formatted(language, unique(), run);
      var job = "exact-%s-%d".formatted(language, run);
      user.applies(yaml(job, language, name, BATCHES));

      assertThat(user.reasonOfTheEndOf(job, LONG)).isEqualTo("Complete");
      assertThat(user.job(job).getStatus().failedAttempts()).isZero();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(
                          List.of(
                              Exporter.sum(name + "_count"), Exporter.sum(name + "_seen_count")))
                      .containsExactly(3.0 * BATCHES, 1.0 * BATCHES));
      assertThat(Exporter.sum(name + "_last")).isBetween(0.0, BATCHES - 1.0);
    }
  }

  /** Two pods in turn: what the old one knew is gone, so counts start anew with the new one. */
  @Test
  void afterTheExportersPodIsReplacedMetricsArriveWithinFiveSeconds() {
    var name = "e2e_replaced_" + unique();
    user.applies(yaml("replaced", "python", name, 100_000));
    await().atMost(LONG).until(() -> Exporter.sum(name + "_count") > 0);

    exporter("delete", "pod", "-l", "app.kubernetes.io/name=statsd-exporter", "--wait=true");
    exporter("rollout", "status", "deployment/statsd-exporter", "--timeout=60s");
    var ready = Instant.now();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> Exporter.sum(name + "_count") > 0);
    assertThat(Duration.between(ready, Instant.now())).isLessThan(Duration.ofSeconds(5));

    // And goes on: nothing blocked, no batch failed.
    var before = user.batches("replaced").succeeded();
    user.awaits("progress", () -> user.batches("replaced").succeeded() > before);
    assertThat(user.job("replaced").getStatus().failedAttempts()).isZero();
    user.kubectl("delete", "batchjob", "replaced");
  }

  private static void exporter(String... arguments) {
    var all = new String[arguments.length + 2];
    all[0] = "-n";
    all[1] = Cluster.SYSTEM;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    var result = Cluster.kubectl("", all);
    assertThat(result.code()).as(result.out()).isZero();
  }

  /** The exporter outlives the tests, and adds up what has one name. */
  private static String unique() {
    return Long.toString(System.nanoTime(), 36);
  }

  private static String yaml(String job, String language, String name, int batches) {
    return """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: %1$s}
        spec:
          handler:
            config: {name: %3$s}
            %2$s:
              inline: |
        %5$s
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: %1$s}
        spec: {apiName: %1$s, workers: %6$d, input: {count: %4$d}}
        """
        .formatted(
            job,
            language,
            name,
            batches,
            (language.equals("java") ? JAVA : PYTHON).indent(8),
            WORKERS);
  }
}
