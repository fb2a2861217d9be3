package dev.batchapi.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceDeleteEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OperatorMetricsTest {
  private static final Path PAGE = Path.of("../docs/operations.md");
  private static final String LABELS = "api=\"tagger\",namespace=\"vision\"";
  private static final String SUCCEEDED = batches(LABELS, "succeeded");
  private static final String FAILED = batches(LABELS, "failed");
  private static final String DEPTH = "batchapi_queue_depth{" + LABELS + "}";

  private final OperatorMetrics metrics = new OperatorMetrics();

  private static String batches(String labels, String outcome) {
    return "batchapi_batches_total{%s,outcome=\"%s\"}".formatted(labels, outcome);
  }

  private static String workers(String state) {
    return "batchapi_workers{%s,state=\"%s\"}".formatted(LABELS, state);
  }

  private static String jobs(String phase) {
    return "batchapi_jobs{%s,phase=\"%s\"}".formatted(LABELS, phase);
  }

  private static Progress job(String uid, String phase, int succeeded, int failed) {
    return new Progress(uid, "vision", "tagger", phase, 10, succeeded, failed, 2 * failed, 3, 1, 1);
  }

  private static Progress ofApi(String api) {
    return new Progress(api, "vision", api, "Running", 5, 1, 0, 0, 0, 0, 0);
  }

  private Exposition seen() {
    return Exposition.of(metrics);
  }

  @Test
  void countersRiseByWhatHasChanged() {
    metrics.observed(job("a", "Running", 2, 0));
    metrics.observed(job("a", "Running", 5, 1));
    metrics.observed(job("b", "Running", 1, 0));
    metrics.observed(job("a", "Running", 5, 1));

    var seen = seen();
    assertThat(seen.value(SUCCEEDED)).isEqualTo(6);
    assertThat(seen.value(FAILED)).isEqualTo(1);
    assertThat(seen.value("batchapi_batch_attempts_failed_total{" + LABELS + "}")).isEqualTo(2);
    assertThat(seen.value("batchapi_workers_lost_total{" + LABELS + "}")).isEqualTo(2);
  }

  private static Progress waiting(String uid, String reason) {
    return new Progress(uid, "vision", "tagger", "Running", 10, 0, 0, 0, 1, 0, 0, 0, 0, reason);
  }

  @Test
  void jobsThatWaitAreCountedByWhatTheyWaitFor() {
    var series = "batchapi_jobs_waiting{" + LABELS + ",reason=\"%s\"}";
    metrics.observed(waiting("a", "RateLimit"));
    metrics.observed(waiting("b", "RateLimit"));
    metrics.observed(waiting("b", "RetryLater"));
    assertThat(seen().value(series.formatted("RateLimit"))).isEqualTo(1);
    assertThat(seen().value(series.formatted("RetryLater"))).isEqualTo(1);

    metrics.observed(waiting("a", ""));
    metrics.forget("b");
    assertThat(seen().value(series.formatted("RateLimit"))).isZero();
    assertThat(seen().value(series.formatted("RetryLater"))).isZero();
  }

  @Test
  void gaugesAreTheSumOverTheJobsThereAre() {
    metrics.observed(job("a", "Running", 5, 1));
    metrics.observed(job("b", "Suspended", 0, 0));

    var seen = seen();
    assertThat(seen.value(DEPTH)).isEqualTo(4 + 10);
    assertThat(seen.value(workers("ready"))).isEqualTo(6);
    assertThat(seen.value(workers("pending"))).isEqualTo(2);
    assertThat(seen.value(jobs("Running"))).isEqualTo(1);
    assertThat(seen.value(jobs("Suspended"))).isEqualTo(1);
  }

  @Test
  void whatIsLeftOfAnEndedJobIsNotQueued() {
    metrics.observed(job("a", "Running", 5, 1));
    metrics.observed(job("a", "Failed", 5, 1));

    var seen = seen();
    assertThat(seen.value(DEPTH)).isZero();
    assertThat(seen.value(jobs("Running"))).isZero();
    assertThat(seen.value(jobs("Failed"))).isEqualTo(1);
  }

  @Test
  void whatIsDoneAnewAfterItsRecordsWereLostCountsAgain() {
    metrics.observed(job("a", "Running", 5, 0));
    metrics.observed(job("a", "Running", 0, 0));
    metrics.observed(job("a", "Running", 2, 0));

    assertThat(seen().value(SUCCEEDED)).isEqualTo(7);
    assertThat(seen().value(DEPTH)).isEqualTo(8);
  }

  @Test
  void whatAnEarlierProcessSawIsNotCountedAgain() {
    metrics.baseline(job("a", "Running", 5, 1));

    assertThat(seen().value(SUCCEEDED)).isZero();
    assertThat(seen().value(FAILED)).isZero();
    assertThat(seen().value(DEPTH)).isEqualTo(4);

    metrics.observed(job("a", "Running", 7, 1));
    assertThat(seen().value(SUCCEEDED)).isEqualTo(2);
  }

  @Test
  void aBaselineMeansNothingForAJobThatIsKnown() {
    metrics.observed(job("a", "Running", 5, 0));
    metrics.baseline(job("a", "Running", 2, 0));
    metrics.observed(job("a", "Running", 6, 0));

    assertThat(seen().value(SUCCEEDED)).isEqualTo(6);
  }

  @Test
  void aJobThatIsGoneLeavesItsCountsAndTakesItsGauges() {
    metrics.observed(job("a", "Running", 5, 1));
    metrics.forget("a");
    // A reconcile that was on its way when the job was deleted.
    metrics.baseline(job("a", "Running", 5, 1));
    metrics.observed(job("a", "Running", 6, 1));

    var seen = seen();
    assertThat(seen.value(SUCCEEDED)).isEqualTo(5);
    assertThat(seen.value(DEPTH)).isZero();
    assertThat(seen.value(workers("ready"))).isZero();
    assertThat(seen.value(jobs("Running"))).isZero();
  }

  @Test
  void aDeletionIsForgottenAndPassedOn() {
    var told = new AtomicInteger();
    metrics.onDeletion(told::incrementAndGet);
    metrics.observed(job("a", "Running", 5, 1));
    var deleted = new ConfigMapBuilder().withNewMetadata().withUid("a").endMetadata().build();
    var event =
        new ResourceDeleteEvent(
            ResourceAction.DELETED, new ResourceID("a", "vision"), deleted, false);
    metrics.reconciles().receivedEvent(event, Map.of());

    assertThat(seen().value(jobs("Running"))).isZero();
    assertThat(told).hasValue(1);
  }

  @Test
  void anEndIsCountedOnce() {
    metrics.observed(job("a", "Running", 5, 0));
    metrics.finished(job("a", "Complete", 10, 0), "Complete", Duration.ofSeconds(20));
    metrics.finished(job("a", "Complete", 10, 0), "Complete", Duration.ofSeconds(20));

    var seen = seen();
    assertThat(seen.value(SUCCEEDED)).isEqualTo(10);
    assertThat(seen.value("batchapi_jobs_finished_total{" + LABELS + ",verdict=\"Complete\"}"))
        .isEqualTo(1);
    assertThat(seen.value("batchapi_job_duration_seconds_sum{" + LABELS + "}")).isEqualTo(20);
    assertThat(seen.value("batchapi_job_duration_seconds_bucket{" + LABELS + ",le=\"10.0\"}"))
        .isZero();
    assertThat(seen.value("batchapi_job_duration_seconds_bucket{" + LABELS + ",le=\"30.0\"}"))
        .isEqualTo(1);
  }

  @Test
  void moreApisThanAreBoundedAreOneSeries() {
    for (var i = 0; i < OperatorMetrics.PAIRS + 3; i++) {
      metrics.observed(ofApi("api-" + i));
    }
    metrics.forget("api-" + OperatorMetrics.PAIRS);

    var seen = seen();
    var other = "api=\"other\",namespace=\"other\"";
    assertThat(seen.value(batches(other, "succeeded"))).isEqualTo(3);
    assertThat(seen.value("batchapi_queue_depth{" + other + "}")).isEqualTo(2 * 4);
    assertThat(seen.samples().keySet())
        .filteredOn(series -> series.startsWith("batchapi_queue_depth"))
        .hasSize(OperatorMetrics.PAIRS + 1);
  }

  @Test
  void reconcilesAreTimedAndTheirErrorsCounted() throws Exception {
    var reconciles = metrics.reconciles();
    assertThat(reconciles.timeControllerExecution(new Execution(() -> "done"))).isEqualTo("done");
    assertThatThrownBy(
            () ->
                reconciles.timeControllerExecution(
                    new Execution(
                        () -> {
                          throw new QueueUnavailableException("The queue is away.", null);
                        })))
        .isInstanceOf(QueueUnavailableException.class);
    // Kills no thread of the SDK: it becomes an exception, which is retried.
    assertThatThrownBy(
            () ->
                reconciles.timeControllerExecution(
                    new Execution(
                        () -> {
                          throw new NoClassDefFoundError("x");
                        })))
        .isInstanceOf(IllegalStateException.class);

    assertThat(seen().value("batchapi_reconcile_seconds_count{controller=\"batchjob\"}"))
        .isEqualTo(3);
    assertThat(seen().value("batchapi_reconcile_errors_total{controller=\"batchjob\"}"))
        .isEqualTo(2);
  }

  @Test
  void connectionAndLeadershipAreReadWhenAsked() {
    var connected = new AtomicBoolean();
    metrics.queueConnected(connected::get);
    metrics.leading(() -> true);

    assertThat(seen().value("batchapi_queue_connected")).isZero();
    assertThat(seen().value("batchapi_leader")).isEqualTo(1);
    connected.set(true);
    assertThat(seen().value("batchapi_queue_connected")).isEqualTo(1);
  }

  @Test
  void theVersionIsALabelOfTheBuild() {
    // Classes that are not in a jar have no version.
    assertThat(seen().has("batchapi_build_info{version=\"unknown\"}")).isTrue();
  }

  @Test
  void everyDocumentedMetricIsThere() throws Exception {
    metrics.queueConnected(() -> true);
    metrics.leading(() -> true);
    metrics.bindProcess();
    metrics.observed(waiting("b", "RateLimit"));
    metrics.finished(job("a", "Complete", 10, 0), "Complete", Duration.ofSeconds(1));
    metrics.reconciles().timeControllerExecution(new Execution(() -> "done"));

    var seen = seen();
    assertThat(documented("(batchapi_\\w+)")).hasSizeGreaterThan(10).allMatch(seen::hasMetric);
    assertThat(documented("(\\w+_)\\*")).isNotEmpty().allMatch(seen::hasMetricThatBegins);
  }

  private static Set<String> documented(String name) throws IOException {
    var page = Files.readString(PAGE);
    var table = page.substring(page.indexOf("| metric of the operator |"));
    return Pattern.compile("`" + name + "`")
        .matcher(table.substring(0, table.indexOf("\n\n")))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }
}
