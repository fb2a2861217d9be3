package dev.batchapi.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.RunSpec.Language;
import dev.batchapi.metrics.Exporter;
import dev.batchapi.metrics.UdpReceiver;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler pushes, from its own process to the server, in both languages. */
class WorkerMetricsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static NatsServer nats;
  private static JetStreamLedger owner;

  private final UdpReceiver server = new UdpReceiver();

  @BeforeAll
  static void startNats() {
    nats = NatsServer.start();
    owner =
        JetStreamLedger.connect(
            nats.owner(), JetStreamSettings.DEFAULT.withLease(Duration.ofSeconds(3)));
  }

  @AfterAll
  static void stopNats() {
    owner.close();
    nats.close();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"PYTHON, prometheus", "PYTHON, datadog", "JAVA, prometheus", "JAVA, datadog"})
  void whatABatchPushedIsSentWithin50MillisecondsOfItsEnd(Language language, String flavour)
      throws Exception {
    try (var job =
            job(
                language,
                """
                self.m.increment("n", 1, {"i": str(payload[0])})
                        self.m.gauge("ended_at", time.time(), {"i": str(payload[0])})
                """,
                """
                metrics.increment("n", 1, "i", payload.get(0).toString());
                metrics.gauge("ended_at", System.currentTimeMillis() / 1e3, "i", payload.get(0).toString());
                """);
        var pod = job.start(31, statsd()[0], statsd()[1], "BATCHAPI_STATSD_FLAVOUR", flavour)) {
      await().atMost(LONG).until(() -> server.sum("n") == 31);
      assertThat(pod.worker().isAlive()).isTrue();
    }
    List<Duration> delays = new ArrayList<>();
    for (var i = 0; i < 31; i++) {
      var ended = value("ended_at", "i:" + i);
      var came = server.arrival("n:1|c|#i:" + i + ",team:vision");
      delays.add(Duration.between(seconds(ended), came.orElseThrow()));
    }
    // The median: a busy machine may be late once.
    assertThat(delays.stream().sorted().toList().get(15)).isLessThan(Duration.ofMillis(50));
  }

  @ParameterizedTest
  @EnumSource
  void anOrderlyEndLosesNothing(Language language) throws Exception {
    try (var job =
            job(
                language,
                "for _ in range(1000): self.m.increment('n'); self.m.histogram('h', 1)",
                "for (int i = 0; i < 1000; i++) { metrics.increment(\"n\"); metrics.histogram(\"h\", 1); }");
        var pod = job.start(1, statsd())) {
      await().atMost(LONG).until(() -> job.done() == 1);
      job.finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(pod.hostExitCode()).isZero();
    }
    server.awaitSum("n", 1000);
    server.awaitSum("h", 1000);
    server.awaitSum("closed", 1);
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON, raise SystemExit(3)",
    "PYTHON, raise ValueError",
    "JAVA, System.exit(3);",
    "JAVA, if (true) throw new IllegalStateException();"
  })
  void aHandlerThatEndsItsBatchBadlyHasPushedNevertheless(Language language, String end)
      throws Exception {
    try (var job =
            job(
                language,
                "for _ in range(1000): self.m.increment('n'); self.m.histogram('h', 1)\n        "
                    + end,
                "for (int i = 0; i < 1000; i++) { metrics.increment(\"n\"); metrics.histogram(\"h\", 1); }"
                    + end);
        var pod = job.start(1, statsd())) {
      await().atMost(LONG).until(() -> job.done() == 1);
      server.awaitSum("n", 1000);
      server.awaitSum("h", 1000);
      assertThat(pod.log()).contains("failed for good");
    }
  }

  @ParameterizedTest
  @EnumSource
  void sigtermLosesNothingOfABatchThatEndsInItsGrace(Language language) throws Exception {
    try (var job =
            job(
                language,
                "self.m.increment('begun'); time.sleep(1); self.m.increment('n')",
                "metrics.increment(\"begun\"); Thread.sleep(1000); metrics.increment(\"n\");");
        var pod = job.start(1, statsd())) {
      await().atMost(LONG).until(() -> server.sum("begun") == 1);
      pod.signal(pod.worker(), "TERM");
      pod.signal(pod.host(), "TERM");
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(pod.hostExitCode()).isZero();
    }
    server.awaitSum("n", 1);
    server.awaitSum("closed", 1);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasLostIsInTheWorkersLogAndAMetric(Language language) throws Exception {
    String log;
    try (var job =
            job(
                language,
                "self.m.gauge('temperature', None); self.m.gauge('temperature', float('nan'));"
                    + " self.m.increment('two words')",
                "metrics.gauge(\"temperature\", Double.NaN); metrics.gauge(\"temperature\", 1 / 0.0);"
                    + " metrics.increment(\"two words\");");
        var pod = job.start(2, statsd())) {
      await().atMost(LONG).until(() -> job.done() == 2);
      job.finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      log = pod.workerLog();
      assertThat(pod.log()).contains("\"temperature\"");
    }
    server.awaitSum("two_words", 2);
    assertThat(log).containsPattern("Metrics.*by reason: .*value=4.*name_changed=2");
    assertThat(server.allLines())
        .anyMatch(
            line -> line.matches("batchapi_metrics_changed:[12]\\|c\\|#reason:name_changed,.*"))
        .anyMatch(line -> line.matches("batchapi_metrics_dropped:[0-9]\\|c\\|#reason:value,.*"));
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON,           ,           , prometheus",
    "PYTHON, datadog   ,           , datadog",
    "PYTHON,           , DATADOG   , datadog",
    "PYTHON, datadog   , PROMETHEUS, prometheus",
    "JAVA,             ,           , prometheus",
    "JAVA,   datadog   ,           , datadog",
    "JAVA,   prometheus, DATADOG   , datadog"
  })
  void theBatchApiChoosesTheFlavourElseTheOperator(
      Language language,
      @Nullable String operators,
      @Nullable MetricsFlavour batchApis,
      String expected)
      throws Exception {
    String[] environment =
        operators == null
            ? statsd()
            : new String[] {statsd()[0], statsd()[1], "BATCHAPI_STATSD_FLAVOUR", operators};
    try (var job =
            new MeasuredJob(
                nats,
                owner,
                language,
                source(
                    language,
                    "self.m.gauge('g', -5); self.m.distribution('d', 1); self.m.increment('n', -2)",
                    "metrics.gauge(\"g\", -5); metrics.distribution(\"d\", 1, Map.of()); metrics.increment(\"n\", -2);"),
                new RunSpec.Metrics(null, batchApis, Map.of()));
        var pod = job.start(1, environment)) {
      await().atMost(LONG).until(() -> job.done() == 1);
      job.finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
    }
    server.awaitSum("closed", 1);
    assertThat(server.lines().stream().map(line -> line.replaceAll("\\|c:.*", "")))
        .filteredOn(line -> !line.startsWith("closed"))
        .containsExactlyInAnyOrder(
            expected.equals("datadog")
                ? new String[] {"g:-5|g", "d:1|d", "n:-2|c"}
                : new String[] {"g:0|g", "g:-5|g", "d:1|h"});
  }

  @Test
  void twoTeamsMayUseOneNameWithTwoKindsAtTwoExporters() throws Exception {
    try (var exporter = new Exporter();
        var others = new Exporter();
        var counting = jobOf(exporter, "self.m.increment('images', 3)");
        var gauging = jobOf(others, "self.m.gauge('images', 7)");
        // The platform's setting, which the BatchAPI's own overrides.
        var pod = counting.start(1, statsd());
        var pods = gauging.start(1, statsd())) {
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertThat(exporter.samples("images")).containsExactly("images{team=\"vision\"} 3");
                assertThat(others.samples("images")).containsExactly("images{team=\"vision\"} 7");
              });
      assertThat(exporter.complaints()).isEmpty();
      assertThat(others.complaints()).isEmpty();
      assertThat(server.lines()).isEmpty();
      assertThat(pod.worker().isAlive() && pods.worker().isAlive()).isTrue();
    }
  }

  @Test
  void atOneExporterTheSecondKindIsDroppedAndTheExporterSaysSo() throws Exception {
    try (var exporter = new Exporter();
        var counting = jobOf(exporter, "self.m.increment('images', 3)");
        var gauging = jobOf(exporter, "self.m.gauge('images', 7)");
        var pod = counting.start(1)) {
      await().atMost(LONG).until(() -> exporter.value("images") == 3);
      try (var pods = gauging.start(1)) {
        await().atMost(LONG).until(() -> !exporter.complaints().isEmpty());
        assertThat(pods.worker().isAlive() && pod.worker().isAlive()).isTrue();
      }
      assertThat(exporter.samples("images")).containsExactly("images{team=\"vision\"} 3");
      assertThat(exporter.complaints().getFirst())
          .startsWith(
              "statsd_exporter_events_conflict_total{metric_name=\"images\",type=\"gauge\"}");
    }
  }

  private String[] statsd() {
    return new String[] {"BATCHAPI_STATSD", "127.0.0.1:" + server.port()};
  }

  private static MeasuredJob job(Language language, String python, String java) throws Exception {
    return new MeasuredJob(
        nats,
        owner,
        language,
        source(language, python, java),
        new RunSpec.Metrics(null, null, Map.of("team", "vision")));
  }

  private static MeasuredJob jobOf(Exporter exporter, String python) throws Exception {
    return new MeasuredJob(
        nats,
        owner,
        Language.PYTHON,
        source(Language.PYTHON, python, ""),
        new RunSpec.Metrics("127.0.0.1:" + exporter.udpPort(), null, Map.of("team", "vision")));
  }

  private static String source(Language language, String python, String java) {
    return language == Language.PYTHON
        ? """
          import time
          class Handler:
              def __init__(self, metrics_client):
                  self.m = metrics_client
              def handle_batch(self, payload):
                  %s
              def close(self):
                  self.m.increment("closed")
          """
            .formatted(python)
        : """
          import dev.batchapi.handler.*;
          import java.util.*;
          public final class Handler implements BatchHandler<Integer, String>, AutoCloseable {
            private final MetricsClient metrics;
            public Handler(MetricsClient metrics) { this.metrics = metrics; }
            @Override public String handleBatch(List<Integer> payload, BatchContext batch) throws Exception {
              %s
              return null;
            }
            @Override public void close() { metrics.increment("closed"); }
          }
          """
            .formatted(java);
  }

  /** The value of the only line of this metric that has this tag. */
  private double value(String metric, String tag) {
    Optional<String> line =
        server.lines().stream()
            .filter(l -> l.startsWith(metric + ":") && (l + ",").contains(tag + ","))
            .findFirst();
    String text = line.orElseThrow();
    return Double.parseDouble(text.substring(metric.length() + 1, text.indexOf('|')));
  }

  private static Instant seconds(double time) {
    return Instant.ofEpochMilli(Math.round(time * 1e3));
  }
}
