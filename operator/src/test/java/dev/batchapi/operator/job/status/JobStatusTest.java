package dev.batchapi.operator.job.status;

import static dev.batchapi.operator.job.observe.Observations.ACCEPTED;
import static dev.batchapi.operator.job.observe.Observations.counts;
import static dev.batchapi.operator.job.observe.Observations.worker;
import static dev.batchapi.operator.job.observe.Observations.workers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.job.observe.EnqueuingState;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.job.observe.Trouble;
import dev.batchapi.operator.job.observe.WorkerState;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public final class JobStatusTest {
  private final Observations job = new Observations();

  public static BatchJobStatus started(Instant start) {
    return new BatchJobStatus(
        List.of(),
        JobPhase.RUNNING,
        null,
        null,
        0,
        null,
        null,
        null,
        1L,
        ACCEPTED.toString(),
        null,
        start.toString(),
        null,
        null,
        null);
  }

  private BatchJobStatus status() {
    return JobStatus.of(job.seen(), 0, 0);
  }

  private BatchJobStatus ended(JobResults results) {
    return JobStatus.ended(job.seen(), 0, 0, results);
  }

  private static Condition condition(BatchJobStatus status, String type) {
    return JobConditions.condition(status, type).orElseThrow();
  }

  @Test
  void batchesAddUpToTheTotal() {
    job.counts = Optional.of(counts(3, 2));

    assertThat(status().batches()).isEqualTo(new BatchJobStatus.Batches(10, 3, 2, 5));
  }

  @Test
  void howManyMayFailIsSaidInBatches() {
    assertThat(condition(status(), "Accepted").message()).endsWith("10 batches of up to 1 item.");
    job.maxFailed = 0; // as 5% of ten are
    assertThat(condition(status(), "Accepted").message()).endsWith(", of which none may fail.");
    job.maxFailed = 3;
    assertThat(condition(status(), "Accepted").message()).endsWith(", of which 3 may fail.");
  }

  @Test
  void aJobWhoseWorkersWaitSaysForWhatAndWhenThatIsOver() {
    assertThat(JobConditions.condition(status(), "Waiting")).isEmpty();

    job.waiting = Optional.of(new Waiting(Waiting.For.RetryLater, "503 busy", ACCEPTED));
    var waits = status();
    assertThat(condition(waits, "Waiting"))
        .extracting(Condition::status, Condition::reason)
        .containsExactly(Condition.Status.TRUE, "RetryLater");
    assertThat(condition(waits, "Waiting").message()).endsWith(": 503 busy");
    assertThat(JobEvents.between(null, waits, Optional::empty))
        .extracting(JobEvents.Item::reason)
        .contains("RetryLater");

    job.before = waits;
    job.waiting = Optional.of(new Waiting(Waiting.For.RateLimit, "", ACCEPTED));
    assertThat(condition(status(), "Waiting").reason()).isEqualTo("RateLimit");

    job.waiting = Optional.empty();
    assertThat(condition(status(), "Waiting"))
        .extracting(Condition::status, Condition::reason)
        .containsExactly(Condition.Status.FALSE, "Working");

    job.suspend = true;
    assertThat(condition(status(), "Waiting").reason()).isEqualTo("Suspended");
  }

  @Test
  void thePhaseFollowsTheJob() {
    job.enqueuing = new EnqueuingState.Running();
    assertThat(status().phase()).isEqualTo(JobPhase.ENQUEUING);

    job.enqueuing = new EnqueuingState.Done();
    assertThat(status().phase()).isEqualTo(JobPhase.PENDING);

    job.workers = workers(worker(0, new WorkerState.Ready()));
    assertThat(status().phase()).isEqualTo(JobPhase.RUNNING);

    job.counts = Optional.of(counts(10, 0));
    assertThat(status().phase()).isEqualTo(JobPhase.COMPLETING);

    job.suspend = true;
    assertThat(status().phase()).isEqualTo(JobPhase.SUSPENDED);
  }

  @ParameterizedTest
  @CsvSource({
    "Complete,SUCCEEDED",
    "BatchesFailed,COMPLETED_WITH_FAILURES",
    "TooManyFailures,FAILED",
    "DeadlineExceeded,TIMED_OUT",
    "Cancelled,CANCELLED",
    "HandlerInvalid,FAILED",
    "WorkersFailed,FAILED",
    "OnJobCompleteFailed,FAILED"
  })
  void everyEndIsFinishedAndJustOneOfCompleteAndFailed(Verdict verdict, JobPhase phase) {
    var at = ACCEPTED.plusSeconds(9);
    job.counts =
        Optional.of(
            new Counts(
                9, 1, 1, 0, Optional.empty(), Optional.of(new End(verdict, "so it is", at))));

    var status = ended(new JobResults.Written("j-results", Optional.empty()));

    assertThat(status.phase()).isEqualTo(phase);
    assertThat(status.output()).isEqualTo(BatchJobStatus.Output.inConfigMap("j-results"));
    assertThat(status.completionTime()).isEqualTo(at.toString());
    assertThat(condition(status, "Finished").reason()).isEqualTo(verdict.name());
    assertThat(condition(status, "Finished").message()).isEqualTo("so it is");
    assertThat(JobConditions.isTrue(status, "Complete")).isEqualTo(verdict == Verdict.Complete);
    assertThat(JobConditions.isTrue(status, "Failed")).isEqualTo(verdict != Verdict.Complete);
    assertThat(JobConditions.isTrue(status, "WorkersReady")).isFalse();
  }

  private void cancelledInTheMiddle() {
    var end = new End(Verdict.Cancelled, "so it is.", ACCEPTED.plusSeconds(9));
    job.counts = Optional.of(new Counts(3, 0, 0, 0, Optional.empty(), Optional.of(end)));
    job.workers = workers(worker(0, new WorkerState.Ready()));
  }

  @Test
  void aJobIsNotFinishedBeforeItsResultsAreWritten() {
    cancelledInTheMiddle();

    for (var results : List.of(new JobResults.Pending(), new JobResults.Waiting())) {
      var status = ended(results);
      assertThat(JobConditions.isFinished(status)).isFalse();
      assertThat(status.phase()).isEqualTo(JobPhase.COMPLETING);
      assertThat(status.completionTime()).isNull();
      assertThat(status.output()).isNull();
    }
  }

  @Test
  void theEndSaysWhyItsResultsAreInNoConfigMap() {
    cancelledInTheMiddle();

    var status = ended(new JobResults.Kept("They are too large."));

    assertThat(status.output()).isNull();
    assertThat(condition(status, "Finished").message()).isEqualTo("so it is. They are too large.");
    assertThat(condition(status, "Failed").message()).isEqualTo("so it is. They are too large.");
  }

  @Test
  void whereTheResultsAreIsAnEvent() {
    cancelledInTheMiddle();
    var before = ended(new JobResults.Pending());
    var after = ended(new JobResults.Written("j-results", Optional.of("One is odd.")));

    assertThat(JobEvents.between(before, after, Optional::empty))
        .filteredOn(event -> event.reason().equals("ResultsWritten"))
        .singleElement()
        .satisfies(event -> assertThat(event.note()).contains("\"j-results\""));
    assertThat(condition(after, "Finished").message()).isEqualTo("so it is. One is odd.");
    assertThat(JobEvents.between(after, after, Optional::empty)).isEmpty();
  }

  @Test
  void whatKeepsWorkersFromStartingIsTheReason() {
    job.workers =
        workers(
            worker(
                0,
                new WorkerState.Pending(
                    Optional.of(new Trouble(Reason.Unschedulable, "0/1 nodes")), false)));

    var ready = condition(status(), "WorkersReady");

    assertThat(ready.status()).isEqualTo(Condition.Status.FALSE);
    assertThat(ready.reason()).isEqualTo("Unschedulable");
    assertThat(ready.message()).isEqualTo("0 of 2 workers are ready. Unschedulable: 0/1 nodes");
  }

  @Test
  void withoutTheQueueTheCountsStayAsTheyWere() {
    job.before =
        new BatchJobStatus(
            List.of(),
            JobPhase.RUNNING,
            new BatchJobStatus.Batches(10, 4, 0, 6),
            null,
            1,
            null,
            null,
            null,
            1L,
            ACCEPTED.toString(),
            null,
            ACCEPTED.toString(),
            null,
            null,
            null);
    job.counts = Optional.empty();
    job.queueTrouble = Optional.of("nobody answers");

    var status = status();

    assertThat(status.batches()).isEqualTo(new BatchJobStatus.Batches(10, 4, 0, 6));
    assertThat(condition(status, "Enqueued").status()).isEqualTo(Condition.Status.UNKNOWN);
    assertThat(condition(status, "Enqueued").reason()).isEqualTo("QueueUnavailable");
    assertThat(condition(status, "Enqueued").message()).isEqualTo("nobody answers");
  }

  @Test
  void theRunsClockStartsAnewAfterASuspension() {
    job.before = started(ACCEPTED.plusSeconds(1));
    assertThat(status().startTime()).isEqualTo(ACCEPTED.plusSeconds(1).toString());

    job.suspend = true;
    var suspended = status();
    assertThat(suspended.startTime()).isNull();

    job.suspend = false;
    job.before = suspended;
    job.counts = Optional.of(counts(3, 0));
    for (int pass = 0; pass < 3; pass++) {
      var resumed = status();
      assertThat(resumed.startTime()).isNull();
      job.before = resumed;
    }

    job.workers = workers(worker(0, new WorkerState.Ready()));
    assertThat(status().startTime()).isEqualTo(job.now.toString());
    assertThat(condition(status(), "Suspended").reason()).isEqualTo("Resumed");
  }

  @Test
  void whatAResumedJobGetsDoneStartsItsClockToo() {
    job.suspend = true;
    job.counts = Optional.of(counts(3, 0));
    job.before = status();
    job.suspend = false;
    job.workers = workers(worker(0, new WorkerState.Starting()));
    assertThat(status().startTime()).isNull();

    job.counts = Optional.of(counts(4, 0));
    assertThat(status().startTime()).isEqualTo(job.now.toString());
  }

  @Test
  void aWorkerThatStartsInPlaceOfALostOneSaysWhy() {
    job.workers =
        workers(
            worker(
                0, new WorkerState.Ended(WorkerState.How.DISRUPTED, "its node is gone", ACCEPTED)),
            worker(0, 1, new WorkerState.Starting()));

    var ready = condition(status(), "WorkersReady");

    assertThat(ready.reason()).isEqualTo("Starting");
    assertThat(ready.message()).contains("0 of 2 workers are ready.", "its node is gone");
  }

  @Test
  void aConditionKeepsItsTimeAsLongAsItsStatusStays() {
    var before = status();
    job.before = before;
    job.now = job.now.plusSeconds(60);

    assertThat(condition(status(), "Accepted").lastTransitionTime())
        .isEqualTo(condition(before, "Accepted").lastTransitionTime());
  }

  @Test
  void aStoreThatWorkersWaitForIsSaidUntilItAnswersAgain() {
    assertThat(JobConditions.condition(status(), "StorageAvailable")).isEmpty();

    job.storeTrouble = Optional.of("The result of batch 3 can't be written: s3://r is away");
    job.before = status();
    var away = JobConditions.condition(job.before, "StorageAvailable").orElseThrow();
    assertThat(away.status()).isEqualTo(Condition.Status.FALSE);
    assertThat(away.reason()).isEqualTo("StorageUnavailable");
    assertThat(away.message()).contains("The result of batch 3 can't be written: s3://r is away");

    job.storeTrouble = Optional.empty();
    job.before = status();
    assertThat(JobConditions.isTrue(job.before, "StorageAvailable")).isTrue();
  }

  /** A hundred jobs whose workers reach a store now and then would say nothing else. */
  @Test
  void thatWorkersWaitForAStoreIsOneEvent() {
    job.before = status();
    var reasons = new ArrayList<String>();
    for (var words : List.of("It is away.", "", "It is away again.", "")) {
      job.storeTrouble = Optional.of(words).filter(w -> !w.isEmpty());
      var after = status();
      JobEvents.between(job.before, after, Optional::empty)
          .forEach(event -> reasons.add(event.reason()));
      job.before = after;
    }

    assertThat(reasons).containsExactly("StorageUnavailable");
  }
}
