package dev.batchapi.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.RunSpec.Language;
import dev.batchapi.metrics.UnixReceiver;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a handler pushes, from its own process to an agent's Unix socket, which only the worker has.
 */
class UnixMetricsIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static NatsServer nats;
  private static JetStreamLedger owner;

  @TempDir private Path folder;

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

  @ParameterizedTest
  @EnumSource
  void anOrderlyEndLosesNothingAndTheAgentLearnsThePod(Language language) throws Exception {
    try (var agent = new UnixReceiver(folder.resolve("dsd.socket"));
        var job = job(language, new RunSpec.Metrics(null, null, Map.of("team", "vision")));
        var pod = job.start(2, environment(agent, "DD_ENTITY_ID", "the-pod"))) {
      await().atMost(LONG).until(() -> job.done() == 2);
      job.finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(pod.hostExitCode()).isZero();

      agent.awaitSum("n", 2_000);
      agent.awaitSum("h", 2_000);
      agent.awaitSum("below", -2);
      agent.awaitSum("closed", 1);
      assertThat(agent.lines())
          .allMatch(line -> line.contains("dd.internal.entity_id:the-pod"))
          .allMatch(line -> line.contains("team:vision"));
      assertThat(pod.log()).contains("value=2"); // The two that are no numbers.
      agent.awaitSum("batchapi_metrics_dropped", 2);
    }
  }

  @ParameterizedTest
  @CsvSource({"PYTHON, raise SystemExit(3)", "JAVA, System.exit(3);"})
  void aHandlerThatEndsItsProcessHasPushedNevertheless(Language language, String end)
      throws Exception {
    try (var agent = new UnixReceiver(folder.resolve("dsd.socket"));
        var job =
            new MeasuredJob(
                nats,
                owner,
                language,
                source(language)
                    .replace("self.m.gauge(\"g\", float(\"nan\"))", end)
                    .replace("metrics.gauge(\"g\", Double.NaN);", end),
                new RunSpec.Metrics(null, null, Map.of()));
        var pod = job.start(1, environment(agent))) {
      await().atMost(LONG).until(() -> job.done() == 1);
      agent.awaitSum("n", 1_000);
      agent.awaitSum("h", 1_000);
      assertThat(pod.log()).contains("failed for good");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatABatchPushedIsSentWithin50MillisecondsOfItsEnd(Language language) throws Exception {
    try (var agent = new UnixReceiver(folder.resolve("dsd.socket"));
        var job =
            new MeasuredJob(
                nats,
                owner,
                language,
                source(language)
                    .replace(
                        "self.m.increment(\"below\", -1)",
                        "import time; self.m.increment('i%d' % payload[0], round(time.time() * 1000))")
                    .replace(
                        "metrics.increment(\"below\", -1);",
                        "metrics.increment(\"i\" + payload.get(0), System.currentTimeMillis());"),
                new RunSpec.Metrics(null, null, Map.of()));
        var pod = job.start(31, environment(agent))) {
      await().atMost(LONG).until(() -> job.done() == 31);
      agent.awaitSum("n", 31_000);
      var delays =
          IntStream.range(0, 31)
              .mapToLong(
                  i ->
                      agent.arrival("i%d:".formatted(i)).orElseThrow().toEpochMilli()
                          - Math.round(agent.sum("i" + i)))
              .sorted()
              .toArray();
      // On a busy machine six processes' threads have to take turns for each of them; what waits
      // for
      // the counters' second would be in time for one in twenty.
      assertThat(delays[5]).as("%s", Arrays.toString(delays)).isLessThan(50);
      assertThat(pod.worker().isAlive()).isTrue();
    }
  }

  /** What is frozen in the author's namespace does not say what a worker opens. */
  @Test
  void thePlatformsSocketIsUsedWhateverPathTheRunHas() throws Exception {
    try (var agent = new UnixReceiver(folder.resolve("dsd.socket"));
        var authors = new UnixReceiver(folder.resolve("authors.socket"));
        var job =
            job(
                Language.PYTHON,
                new RunSpec.Metrics(authors.address(), MetricsFlavour.DATADOG, Map.of()));
        var pod = job.start(1, environment(agent))) {
      await().atMost(LONG).until(() -> job.done() == 1);
      agent.awaitSum("n", 1_000);
      assertThat(authors.lines()).isEmpty();
      assertThat(pod.worker().isAlive()).isTrue();
    }
  }

  /** Nobody but a worker with a Unix socket pays for jnr. */
  @Test
  void theLibrariesForSocketsAreOnNoOtherClassPath() throws Exception {
    try (var ours = Files.list(Path.of("target/dist/lib"));
        var theirs = Files.list(Path.of("target/dist/lib-unix"))) {
      assertThat(ours.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("jnr-") || name.startsWith("jffi-"))
          .noneMatch(name -> name.startsWith("asm"));
      assertThat(theirs.map(Path::getFileName).map(Path::toString))
          .anyMatch(name -> name.startsWith("jnr-unixsocket-"))
          .anyMatch(name -> name.startsWith("jffi-"))
          .noneMatch(name -> name.startsWith("slf4j"));
    }
  }

  private static String[] environment(UnixReceiver agent, String... more) {
    var ours =
        new String[] {
          "BATCHAPI_STATSD", agent.address(), "BATCHAPI_STATSD_FLAVOUR", "datadog",
        };
    return IntStream.range(0, ours.length + more.length)
        .mapToObj(i -> i < ours.length ? ours[i] : more[i - ours.length])
        .toArray(String[]::new);
  }

  private static MeasuredJob job(Language language, RunSpec.Metrics metrics) throws Exception {
    return new MeasuredJob(nats, owner, language, source(language), metrics);
  }

  private static String source(Language language) {
    return language == Language.PYTHON
        ? """
          class Handler:
              def __init__(self, metrics_client):
                  self.m = metrics_client
              def handle_batch(self, payload):
                  for _ in range(1000):
                      self.m.increment("n")
                      self.m.histogram("h", 1)
                  self.m.increment("below", -1)
                  self.m.gauge("g", float("nan"))
              def close(self):
                  self.m.increment("closed")
          """
        : """
          import dev.batchapi.handler.*;
          import java.util.*;
          public final class Handler implements BatchHandler<Integer, String>, AutoCloseable {
            private final MetricsClient metrics;
            public Handler(MetricsClient metrics) { this.metrics = metrics; }
            @Override public String handleBatch(List<Integer> payload, BatchContext batch) {
              for (int i = 0; i < 1000; i++) {
                metrics.increment("n");
                metrics.histogram("h", 1);
              }
              metrics.increment("below", -1);
              metrics.gauge("g", Double.NaN);
              return null;
            }
            @Override public void close() { metrics.increment("closed"); }
          }
          """;
  }
}
