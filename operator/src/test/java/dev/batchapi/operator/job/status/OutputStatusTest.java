package dev.batchapi.operator.job.status;

import static dev.batchapi.operator.job.observe.Observations.ACCEPTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job with an output says from its end record on. */
class OutputStatusTest {
  private static final String FOLDER = "s3://results/j/";
  private static final JobResults WRITING =
      new JobResults.Collecting(Reason.Collecting, "The results are being written.");
  private static final JobResults THERE =
      new JobResults.Collected(FOLDER, 3, 4_000, Optional.empty());
  private static final JobResults LOST = new JobResults.NotCollected("The store said no.");

  private final Observations job = new Observations();

  private BatchJobStatus status(Verdict verdict, JobResults results) {
    job.output = FOLDER;
    var end = new End(verdict, "So it is.", ACCEPTED.plusSeconds(9));
    job.counts = Optional.of(new Counts(9, 1, 1, 0, Optional.empty(), Optional.of(end)));
    job.now = ACCEPTED.plusSeconds(60);
    return JobStatus.ended(job.seen(), 0, 0, results);
  }

  private static Condition condition(BatchJobStatus status, String type) {
    return JobConditions.condition(status, type).orElseThrow();
  }

  @Test
  void itIsCollectingAndNotFinishedWhileTheyAreWritten() {
    var status = status(Verdict.Complete, WRITING);

    assertThat(JobConditions.isFinished(status)).isFalse();
    assertThat(status.phase()).isEqualTo(JobPhase.COLLECTING);
    assertThat(status.completionTime()).isNull();
    assertThat(status.output()).isEqualTo(BatchJobStatus.Output.toBeIn(FOLDER));
    assertThat(condition(status, "OutputWritten").reason()).isEqualTo("Collecting");
    assertThat(condition(status, "WorkersReady").reason()).isEqualTo("Finished");
  }

  @Test
  void itIsSuspendedWhileThatIsSet() {
    job.suspend = true;

    var status =
        status(Verdict.Complete, new JobResults.Collecting(Reason.Suspended, "Suspended."));

    assertThat(status.phase()).isEqualTo(JobPhase.SUSPENDED);
    assertThat(JobConditions.isTrue(status, "Suspended")).isTrue();
  }

  @Test
  void itIsFinishedWhenTheyAreThereAndItsTimeToLiveBeginsThen() {
    var status = status(Verdict.BatchesFailed, THERE);

    assertThat(JobConditions.isFinished(status)).isTrue();
    assertThat(status.phase()).isEqualTo(JobPhase.COMPLETED_WITH_FAILURES);
    assertThat(status.completionTime()).isEqualTo(ACCEPTED.plusSeconds(60).toString());
    assertThat(status.output()).isEqualTo(new BatchJobStatus.Output(null, FOLDER, 3, 4_000L));
    assertThat(JobConditions.isTrue(status, "OutputWritten")).isTrue();
    assertThat(condition(status, "Failed").message()).isEqualTo("So it is.");
  }

  @ParameterizedTest
  @CsvSource({
    "Complete,OutputFailed,FAILED",
    "BatchesFailed,OutputFailed,FAILED",
    "Cancelled,Cancelled,CANCELLED",
    "TooManyFailures,TooManyFailures,FAILED",
    "DeadlineExceeded,DeadlineExceeded,TIMED_OUT"
  })
  void whoHasDoneAllButHasNotWrittenItIsNotComplete(
      Verdict verdict, String reason, JobPhase phase) {
    var status = status(verdict, LOST);

    assertThat(status.phase()).isEqualTo(phase);
    assertThat(JobConditions.isTrue(status, "Complete")).isFalse();
    assertThat(condition(status, "Failed").reason()).isEqualTo(reason);
    assertThat(condition(status, "Failed").message()).isEqualTo("So it is. The store said no.");
    assertThat(condition(status, "OutputWritten").reason()).isEqualTo("OutputFailed");
    assertThat(status.batches()).isEqualTo(new BatchJobStatus.Batches(10, 9, 1, 0));
  }

  @Test
  void thatTheyAreThereIsAnEventAndThatTheyAreWrittenIsNone() {
    var before = status(Verdict.Complete, WRITING);
    job.before = before;

    assertThat(JobEvents.between(null, before, Optional::empty))
        .noneMatch(item -> item.reason().equals("Collecting"));
    assertThat(JobEvents.between(before, status(Verdict.Complete, THERE), Optional::empty))
        .filteredOn(item -> item.reason().equals("ResultsWritten"))
        .singleElement()
        .satisfies(item -> assertThat(item.note()).contains(FOLDER, "3 files", "4,000 bytes"));
    assertThat(JobEvents.between(before, status(Verdict.Complete, LOST), Optional::empty))
        .anyMatch(item -> item.reason().equals("OutputFailed"));
  }

  @Test
  void howFarTheWritingIsStandsThereWhileItIsGoingOn() {
    var half = new JobResults.Collecting(Reason.Collecting, "Half of them.", 50);
    assertThat(status(Verdict.Complete, half).progress()).isEqualTo(50);
    assertThat(status(Verdict.Complete, WRITING).progress()).isNull();
    assertThat(status(Verdict.Complete, THERE).progress()).isNull();
  }
}
