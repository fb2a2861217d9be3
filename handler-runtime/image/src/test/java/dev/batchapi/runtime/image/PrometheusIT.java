package dev.batchapi.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.RunSpec.Language;
import dev.batchapi.metrics.Exporter;
import dev.batchapi.metrics.Prometheus;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that are over before Prometheus looks: thirty of two seconds and ten batches each, real
 * worker and host processes in both languages, the real exporter with the mapping that is
 * installed, and the real Prometheus that scrapes every five seconds.
 */
class PrometheusIT {
  private static final Logger LOG = LoggerFactory.getLogger(PrometheusIT.class);
  private static final int JOBS = 30;
  private static final int BATCHES = 10;
  private static final int SENT = JOBS * BATCHES;
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Path MAPPING = Path.of("../../deploy/exporter/statsd-mapping.yaml");

  private static final String PYTHON =
      """
      import time
      class Handler:
          def __init__(self, job_spec, metrics_client):
              self.m = metrics_client
              self.of_job = {"job_id": job_spec["job_id"]}
          def handle_batch(self, payload):
              time.sleep(0.2)
              self.m.increment("batches_seen")
              self.m.increment("batches_of_a_job", tags=self.of_job)
              self.m.histogram("batch_seconds", 0.2, self.of_job)
      """;
  private static final String JAVA =
      """
      import dev.batchapi.handler.*;
      import java.util.*;
      public final class Handler implements BatchHandler<Integer, String> {
        private final MetricsClient metrics;
        private final Map<String, String> ofJob;
        public Handler(JobSpec job, MetricsClient metrics) {
          this.metrics = metrics;
          ofJob = Map.of("job_id", job.jobId());
        }
        @Override public String handleBatch(List<Integer> payload, BatchContext batch) throws Exception {
          Thread.sleep(200);
          metrics.increment("batches_seen");
          metrics.increment("batches_of_a_job", ofJob);
          metrics.histogram("batch_seconds", 0.2, ofJob);
          return null;
        }
      }
      """;

  @Test
  void shortJobsCountInPrometheusToo() throws Exception {
    try (var exporter = new Exporter("--statsd.mapping-config=" + MAPPING);
        var told = prometheus(exporter, Prometheus.START_TIMESTAMPS);
        var untold = prometheus(exporter);
        var nats = NatsServer.start();
        var owner = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      runAll(nats, owner, "127.0.0.1:" + exporter.udpPort());

      for (var counter : List.of("batches_seen", "batches_of_a_job", "batch_seconds_count")) {
        // The exporter counts what it has read after up to 200 ms: its event-flush-interval.
        var scraped = lastScrape(told, counter);
        assertThat(exporter.value(counter)).as(counter).isEqualTo(SENT);
        assertThat(told.query("sum(%s)".formatted(counter), scraped))
            .containsExactly((double) SENT);
        assertThat(increase(told, counter, scraped))
            .as(counter)
            .isCloseTo(SENT, withinPercentage(1));
      }
      assertThat(exporter.complaints()).isEmpty();
      // What it is for: series that are first seen at their last value.
      assertThat(increase(untold, "batches_of_a_job", lastScrape(untold, "batches_of_a_job")))
          .isLessThan(SENT / 2.0);
    }
  }

  private static Prometheus prometheus(Exporter exporter, String... options) throws Exception {
    return new Prometheus(INTERVAL, List.of(exporter.webAddress()), options);
  }

  private static double increase(Prometheus prometheus, String counter, double at)
      throws Exception {
    var increase = prometheus.query("sum(increase(%s[1h]))".formatted(counter), at).getFirst();
    LOG.info("sum(increase({}[1h])) is {} of {}", counter, increase, SENT);
    return increase;
  }

  /** When everything was there for the first time: increase() guesses beyond the last sample. */
  private static double lastScrape(Prometheus prometheus, String counter) throws Exception {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> prometheus.value("sum(%s)".formatted(counter)).orElse(0) == SENT);
    return prometheus.value("max(timestamp(%s))".formatted(counter)).orElseThrow();
  }

  /** Three at a time, for the processes of one take a part of a small machine. */
  private static void runAll(NatsServer nats, JetStreamLedger owner, String statsd)
      throws Exception {
    try (var threads = Executors.newFixedThreadPool(3)) {
      List<Future<?>> jobs = new ArrayList<>();
      for (var i = 0; i < JOBS; i++) {
        var language = i % 3 == 0 ? Language.JAVA : Language.PYTHON;
        jobs.add(
            threads.submit(
                () -> {
                  run(nats, owner, language, statsd);
                  return null;
                }));
      }
      for (var job : jobs) {
        job.get();
      }
    }
  }

  private static void run(NatsServer nats, JetStreamLedger owner, Language language, String statsd)
      throws Exception {
    try (var job =
            new MeasuredJob(
                nats,
                owner,
                language,
                language == Language.PYTHON ? PYTHON : JAVA,
                new RunSpec.Metrics(statsd, null, Map.of()));
        var pod = job.start(BATCHES)) {
      await().atMost(Duration.ofMinutes(2)).until(() -> job.done() == BATCHES);
      job.finish();
      assertThat(pod.exitCode()).as(pod.log()).isZero();
      assertThat(pod.hostExitCode()).isZero();
    }
  }
}
