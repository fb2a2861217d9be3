package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedJob.FINE;
import static dev.batchapi.runtime.worker.ScriptedJob.ONCE;
import static dev.batchapi.runtime.worker.ScriptedJob.THROWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that end, break, or are replaced, and what that costs their batches. */
@Timeout(30)
class BrokenProcessTest {
  private final ScriptedJob job = new ScriptedJob();
  private final ScriptedHosts hosts = job.hosts;

  @Test
  void aHostThatDiesCostsItsBatchOneAttemptAndIsReplaced() {
    hosts.answers(new Answer.Died("exit code 139 (SIGSEGV)"), FINE, FINE);
    job.enqueue(2);
    job.runUntil(2);
    assertThat(hosts.started).hasValue(2);
    assertThat(job.counts())
        .extracting(Counts::succeeded, Counts::failedAttempts)
        .containsExactly(2, 1);
  }

  @Test
  void aBatchThatFailedIsTriedAgainInAFreshProcess() {
    hosts.answers(new Answer.Failed(THROWN), new Answer.Failed(THROWN), FINE);
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.processes).containsExactly(1, 2, 3);
    assertThat(job.counts().succeeded()).isEqualTo(1);
  }

  @Test
  void aProcessThatOneBatchBreaksCostsNoOtherBatchItsOutcome() {
    hosts.breaks = 3;
    job.enqueue(60);
    job.runUntil(60);
    assertThat(job.counts()).extracting(Counts::succeeded, Counts::failed).containsExactly(59, 1);
    assertThat(job.outcome(3).kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(hosts.started.get()).isBetween(3, 12);
  }

  @Test
  void evenWithOneAttemptEach() {
    var once = job.worker(ONCE);
    hosts.breaks = 3;
    job.enqueue(20);
    job.runUntil(once, 20);
    assertThat(job.counts()).extracting(Counts::succeeded, Counts::failed).containsExactly(19, 1);
    assertThat(hosts.handled).hasSize(20);
  }

  @Test
  void aBrokenProcessTakesNoOtherBatch() {
    hosts.answers(new Answer.Broke(THROWN), FINE, FINE);
    job.enqueue(2);
    job.runUntil(2);
    assertThat(hosts.processes).containsExactly(1, 2, 2);
    assertThat(job.counts())
        .extracting(Counts::succeeded, Counts::failedAttempts)
        .containsExactly(2, 1);
  }

  @Test
  void whereNoOtherProcessFollowsTheWorkerAsksToBeReplaced() {
    hosts.restarts = false;
    hosts.answers(new Answer.Broke(THROWN));
    job.enqueue(2);
    var exit = job.runUntil(2);
    assertThat(exit.reason()).isEqualTo(WorkerExit.Reason.HOST_ENDED);
    assertThat(exit.message()).contains("is replaced: it is broken: no such label");
  }
}
