package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedJob.FINE;
import static dev.batchapi.runtime.worker.ScriptedJob.ID;
import static dev.batchapi.runtime.worker.ScriptedJob.RETRY;
import static dev.batchapi.runtime.worker.ScriptedJob.THROWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.WrappedLease;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop, with a host whose answers the test writes. Real hosts are in the ITs. */
@Timeout(30)
class WorkerTest {
  private static final Duration SOON = Duration.ofMillis(5);

  private final ScriptedJob job = new ScriptedJob();
  private final ScriptedHosts hosts = job.hosts;
  private final Worker worker = job.worker(RETRY);

  @Test
  void everyBatchGetsItsOutcomeAndTheWorkerLeavesWithTheEndRecord() {
    hosts.answers(FINE, FINE, FINE);
    job.enqueue(3);
    var exit = job.runUntil(3);
    assertThat(exit.reason()).isEqualTo(WorkerExit.Reason.DONE);
    assertThat(job.counts().succeeded()).isEqualTo(3);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-1 #1", "uid-1-2 #1");
    assertThat(hosts.closed).hasValue(1);
  }

  @Test
  void aFailedAttemptIsTriedAgainWithTheNextNumber() {
    hosts.answers(new Answer.Failed(THROWN), FINE);
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2");
    assertThat(job.counts())
        .extracting(Counts::succeeded, Counts::failedAttempts)
        .containsExactly(1, 1);
    assertThat(job.outcome(0).attempts()).isEqualTo(2);
  }

  @Test
  void aBatchWithoutAttemptsLeftFailsWithItsLastError() {
    hosts.answers(new Answer.Failed(THROWN), new Answer.Failed(THROWN), new Answer.Failed(THROWN));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(job.outcome(0).kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(job.outcome(0).attempts()).isEqualTo(3);
    var error = job.error(0);
    assertThat(error).isEqualTo(THROWN.ran(ran(error)));
    assertThat(job.counts().failedAttempts()).isEqualTo(3);
  }

  @Test
  void aFatalErrorIsNotTriedAgain() {
    var fatal = BatchError.of(Reason.FatalError, "not an image");
    hosts.answers(new Answer.Failed(fatal));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).hasSize(1);
    var error = job.error(0);
    assertThat(error).isEqualTo(fatal.ran(ran(error)));
  }

  @Test
  void aFatalErrorWhoseAttemptWasCountedAsLostIsOneAttempt() {
    var fatal = BatchError.of(Reason.FatalError, "not an image");
    hosts.answers(new Answer.Failed(fatal));
    job.enqueue(1);
    UnaryOperator<Lease> countedAsLost =
        lease ->
            new WrappedLease(lease) {
              @Override
              public Attempts recordFailure(BatchError error) {
                return new Attempts(0, 1, 0, List.of());
              }
            };
    job.runUntil(job.holding(countedAsLost), 1);
    assertThat(job.outcome(0).attempts()).isEqualTo(1);
  }

  /** How long the attempt ran, which each error of a batch says. */
  private static Duration ran(BatchError error) {
    return Duration.ofMillis(Math.round(1000 * Objects.requireNonNull(error.seconds())));
  }

  @Test
  void aTimeoutIsAFailedAttemptThatNamesTheSetting() {
    var late = new Answer.TimedOut();
    hosts.answers(late, late, late);
    job.enqueue(1);
    job.runUntil(1);
    var error = job.error(0);
    assertThat(error.reason()).isEqualTo(Reason.BatchTimedOut);
    assertThat(error.message()).contains("timeouts.batchSeconds").contains("7 s");
  }

  @Test
  void theBatchTimeoutBeginsWhenTheHandlerGetsTheBatch() {
    hosts.answers(new Answer.Failed(THROWN), FINE);
    job.enqueue(1);
    UnaryOperator<Lease> slow =
        lease ->
            new WrappedLease(lease) {
              @Override
              public Attempts attempts() {
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
                return super.attempts();
              }
            };
    job.runUntil(job.holding(slow), 1);
    assertThat(hosts.timeLeft)
        .allSatisfy(left -> assertThat(left).isGreaterThan(Duration.ofMillis(6_600)));
  }

  @Test
  void completionRunsWithTheSummaryAndIsRecordedOnce() {
    hosts.answers(FINE);
    job.queue.open(ID, 1);
    job.queue.enqueueCompletion(ID, "{\"total\":0}".getBytes(UTF_8));
    job.run(worker, () -> job.counts().completion().isPresent());
    assertThat(hosts.handled).containsExactly("complete {\"total\":0}");
    assertThat(job.counts().completion()).contains(Outcome.Kind.SUCCEEDED);
  }

  @Test
  void anInvalidHandlerEndsTheWorkerBeforeAnyBatchIsLeased() throws InterruptedException {
    hosts.failure =
        new HostStartException(HostStartException.Kind.INVALID, "no class Handler", null);
    job.enqueue(1);
    var exit = worker.run();
    assertThat(exit)
        .isEqualTo(new WorkerExit(WorkerExit.Reason.HANDLER_INVALID, "no class Handler"));
    assertThat(exit.reason().code()).isEqualTo(3);
    assertThat(job.queue.worker(ID).lease(Duration.ofMillis(1))).isPresent();
  }

  @Test
  void aBatchThatItsHostNeverGotLosesNoAttempt() {
    hosts.answers(new Answer.NeverStarted("exit code 1"), FINE);
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1");
    assertThat(job.counts().failedAttempts()).isZero();
  }

  @Test
  void anAbandonedWorkerGivesItsBatchBackAtOnceAndUncounted() throws Exception {
    hosts.block = new CountDownLatch(1);
    job.enqueue(1);
    var exit = CompletableFuture.supplyAsync(worker::run);
    await().pollInterval(SOON).until(() -> !hosts.handled.isEmpty());
    worker.abandon();
    assertThat(exit.get().reason()).isEqualTo(WorkerExit.Reason.RELEASED);
    var lease = job.queue.worker(ID).lease(Duration.ofSeconds(5)).orElseThrow();
    assertThat(lease.attempts().next()).isEqualTo(1);
    assertThat(lease.attempts().losses()).isZero();
  }

  @Test
  void aStoppedWorkerThatIsIdleLeavesAtOnce() throws Exception {
    var exit = CompletableFuture.supplyAsync(worker::run);
    await().pollInterval(SOON).until(() -> hosts.started.get() == 1);
    worker.stop();
    assertThat(exit.get().reason()).isEqualTo(WorkerExit.Reason.DONE);
  }
}
