package dev.batchapi.operator.job.decide;

import static dev.batchapi.operator.job.observe.Observations.ACCEPTED;
import static dev.batchapi.operator.job.observe.Observations.counts;
import static dev.batchapi.operator.job.observe.Observations.worker;
import static dev.batchapi.operator.job.observe.Observations.workers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.job.observe.Trouble;
import dev.batchapi.operator.job.observe.WorkerJob;
import dev.batchapi.operator.job.observe.WorkerState;
import dev.batchapi.operator.job.observe.WorkerState.How;
import dev.batchapi.operator.job.status.JobStatus;
import dev.batchapi.operator.job.status.JobStatusTest;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.NextStep;
import dev.batchapi.queue.Outcome;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EndingTest {
  private final Observations job = new Observations();

  private NextStep decide() {
    var seen = job.seen();
    return Ending.decide(seen, seen.counts().orElseThrow());
  }

  private void endsWith(Verdict verdict, String... words) {
    assertThat(decide())
        .isInstanceOfSatisfying(
            NextStep.Finish.class,
            finish -> {
              assertThat(finish.verdict()).isEqualTo(verdict);
              for (var word : words) {
                assertThat(finish.message()).contains(word);
              }
            });
  }

  private static WorkerState ended(How how, String words) {
    return new WorkerState.Ended(how, words, ACCEPTED);
  }

  @Test
  void aJobWithBatchesLeftGoesOn() {
    job.counts = Optional.of(counts(3, 1));

    assertThat(decide()).isEqualTo(new NextStep.KeepGoing());
  }

  @Test
  void whenAllAreDoneTheCompletionComes() {
    job.counts = Optional.of(counts(9, 1));

    assertThat(decide()).isEqualTo(new NextStep.RunCompletion());
  }

  @Test
  void cancelGoesBeforeEverything() {
    job.counts = Optional.of(counts(10, 0));
    job.cancel = true;

    endsWith(Verdict.Cancelled, "10 of 10");
  }

  @Test
  void whatTheCountsSayGoesBeforeWhatWorkersSay() {
    job.counts =
        Optional.of(
            new dev.batchapi.queue.Counts(
                10, 0, 0, 0, Optional.of(Outcome.Kind.SUCCEEDED), Optional.empty()));
    job.workers = workers(worker(0, ended(How.HANDLER_INVALID, "no class Handler")));

    endsWith(Verdict.Complete);
  }

  @Test
  void anInvalidHandlerEndsTheJobInTheHostsWords() {
    job.workers = workers(worker(0, ended(How.HANDLER_INVALID, "handler.py: no class Handler")));

    endsWith(Verdict.HandlerInvalid, "handler.py: no class Handler");
  }

  @Test
  void workersThatEndAgainAndAgainEndTheJobInTheirLastWords() {
    job.wanted = 1;
    job.workers = workers(worker(0, 2, ended(How.HANDLER_BROKEN, "no model file")));

    endsWith(Verdict.WorkersFailed, "3 workers in a row", "no model file");
  }

  @Test
  void itIsRoundsThatFailAJobAndNotHeads() {
    job.wanted = 10;
    job.workers =
        workers(
            IntStream.range(0, 10)
                .mapToObj(slot -> worker(slot, ended(How.HANDLER_BROKEN, "no model file")))
                .toArray(WorkerJob[]::new));
    assertThat(decide()).isEqualTo(new NextStep.KeepGoing());

    job.workers =
        workers(
            IntStream.range(0, 10)
                .mapToObj(slot -> worker(slot, 2, ended(How.HANDLER_BROKEN, "no model file")))
                .toArray(WorkerJob[]::new));
    endsWith(Verdict.WorkersFailed, "All 10 workers ended 3 times in a row", "no model file");
  }

  @Test
  void aCompletionThatKillsItsWorkersHasFailed() {
    job.wanted = 1;
    job.counts = Optional.of(counts(10, 0));
    job.workers =
        workers(worker(0, 9, 10, ended(How.LOST, "its process ended in on_job_complete")));

    endsWith(Verdict.OnJobCompleteFailed, "its process ended in on_job_complete");
  }

  @Test
  void moreFailuresThanAllowedEndIt() {
    job.maxFailed = 1;
    job.counts = Optional.of(counts(0, 2));

    endsWith(Verdict.TooManyFailures);
  }

  @Test
  void theRunsTimeBeginsWithTheFirstReadyWorker() {
    job.runSeconds = 60;
    job.now = ACCEPTED.plusSeconds(100);
    assertThat(decide()).isEqualTo(new NextStep.KeepGoing());

    job.before = JobStatusTest.started(ACCEPTED.plusSeconds(40));
    endsWith(Verdict.DeadlineExceeded, "60 s");
  }

  @Test
  void aSuspendedJobHasNoDeadline() {
    job.runSeconds = 60;
    job.startupSeconds = 60;
    job.suspend = true;
    job.now = ACCEPTED.plusSeconds(1000);

    assertThat(decide()).isEqualTo(new NextStep.KeepGoing());
    assertThat(Ending.deadline(job.seen())).isEmpty();
  }

  @Test
  void aResumedJobThatWaitsForRoomIsBoundByStartupSecondsAlone() {
    job.startupSeconds = 30;
    job.runSeconds = 60;
    job.counts = Optional.of(counts(3, 0));
    job.suspend = true;
    job.before = JobStatus.of(job.seen(), 0, 0);
    job.suspend = false;
    job.now = ACCEPTED.plusSeconds(1_000);
    for (int pass = 0; pass < 3; pass++) {
      job.before = JobStatus.of(job.seen(), 0, 0);
      assertThat(decide()).isEqualTo(new NextStep.KeepGoing());
    }

    job.now = job.now.plusSeconds(30);
    endsWith(Verdict.WorkersFailed, "startupSeconds");
  }

  @Test
  void aWorkerThatNeverGetsReadyEndsItWithTheReason() {
    job.startupSeconds = 30;
    job.now = ACCEPTED.plusSeconds(30);
    job.workers =
        workers(
            worker(
                0,
                new WorkerState.Pending(
                    Optional.of(new Trouble(Reason.ImagePullFailed, "no such image")), false)));

    endsWith(Verdict.WorkersFailed, "startupSeconds (30 s)", "ImagePullFailed: no such image");
  }

  @Test
  void theDeadlineIsKnownBeforehand() {
    job.runSeconds = 60;
    job.startupSeconds = 30;
    assertThat(Ending.deadline(job.seen())).contains(ACCEPTED.plusSeconds(30));

    job.before = JobStatusTest.started(ACCEPTED.plusSeconds(10));
    assertThat(Ending.deadline(job.seen())).contains(ACCEPTED.plusSeconds(70));
  }
}
