package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedJob.FINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Lease;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches whose items lie in a store that is away, refuses, or has others by now. */
@Timeout(30)
class AwaitedPayloadTest {
  private final ScriptedJob job = new ScriptedJob();
  private final ScriptedHosts hosts = job.hosts;

  @Test
  void aBatchWhoseFileChangedFailsAtOnceAndItsHandlerIsNotAsked() {
    hosts.answers(FINE);
    job.enqueue(2);
    job.runUntil(
        job.reading(
            lease ->
                lease.index() == 0
                    ? new Fetched.Changed("s3://b/k is another one")
                    : new Fetched.Payload(lease.payload())),
        2);
    assertThat(hosts.handled).containsExactly("uid-1-1 #1");
    assertThat(job.error(0))
        .isEqualTo(BatchError.of(Reason.InputChanged, "s3://b/k is another one"));
  }

  @Test
  void aStoreThatIsAwayCostsNoAttempt() {
    hosts.answers(FINE);
    job.enqueue(1);
    var asked = new AtomicInteger();
    job.runUntil(
        job.reading(
            lease ->
                asked.incrementAndGet() == 1
                    ? new Fetched.Away("503 SlowDown")
                    : new Fetched.Payload(lease.payload())),
        1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1");
    assertThat(job.counts())
        .extracting(Counts::succeeded, Counts::failedAttempts, Counts::lost)
        .containsExactly(1, 0, 0);
  }

  /** Each batch that is given back is a record, of which a job may have so many. */
  @Test
  void aBatchWhoseStoreIsAwayIsKept() {
    hosts.answers(FINE);
    job.enqueue(1);
    var leases = new ArrayList<Lease>();
    job.runUntil(
        job.reading(
            lease -> {
              leases.add(lease);
              return leases.size() <= 2
                  ? new Fetched.Away("503 SlowDown")
                  : new Fetched.Payload(lease.payload());
            }),
        1);
    assertThat(leases).hasSize(3);
    assertThat(leases).allSatisfy(lease -> assertThat(lease).isSameAs(leases.getFirst()));
  }

  private Worker workerWithoutItsStore(CountDownLatch asked) {
    return job.reading(
        lease -> {
          asked.countDown();
          return new Fetched.Away("503 SlowDown");
        });
  }

  @Test
  void aWorkerThatWaitsForAStoreStopsAtOnceAndGivesTheBatchBack() throws Exception {
    job.enqueue(1);
    var asked = new CountDownLatch(1);
    var waiting = workerWithoutItsStore(asked);
    var exit = CompletableFuture.supplyAsync(waiting::run);
    asked.await();
    waiting.stop();
    assertThat(exit.join()).isEqualTo(new WorkerExit(WorkerExit.Reason.DONE, "stopped"));
    assertThat(job.counts())
        .extracting(Counts::done, Counts::failedAttempts, Counts::lost)
        .containsExactly(0, 0, 0);
  }

  @Test
  void aWorkerThatWaitsForAStoreLeavesWithTheJob() {
    job.enqueue(1);
    var asked = new CountDownLatch(1);
    var waiting = workerWithoutItsStore(asked);
    assertThat(job.run(waiting, () -> asked.getCount() == 0).reason())
        .isEqualTo(WorkerExit.Reason.DONE);
  }

  @Test
  void aStoreThatRefusesEndsTheWorkerWithItsWordsAndTheBatchIsGivenBack() {
    job.enqueue(1);
    var exit = job.reading(lease -> new Fetched.Refused("no access to bucket b")).run();
    assertThat(exit)
        .isEqualTo(new WorkerExit(WorkerExit.Reason.STORE_REFUSED, "no access to bucket b"));
    assertThat(job.counts())
        .extracting(Counts::done, Counts::failedAttempts, Counts::lost)
        .containsExactly(0, 0, 0);
  }
}
