package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.WrappedLease;
import dev.batchapi.queue.WrappedQueue;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.NextBatch.Taken;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A batch that is leased and read while the handler works on another. */
@Timeout(60)
class NextBatchTest {
  private static final String JOB = "uid-1";
  private static final Duration LONG = Duration.ofHours(1);
  private static final Payloads READ = lease -> new Fetched.Payload(lease.payload());

  private final AtomicLong now = new AtomicLong();
  private final MemoryQueue queue = new MemoryQueue(LONG.multipliedBy(3), now::get);
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch asked = new CountDownLatch(1);

  @AfterEach
  void close() {
    release.countDown();
    queue.close();
  }

  @Test
  void itIsLeasedAndReadBeforeItIsAskedFor() throws Exception {
    var next = after(batch(0, 3), READ, 1);

    var taken = next.take().orElseThrow();
    assertThat(taken.lease().index()).isEqualTo(1);
    assertThat(Objects.requireNonNull(taken.payload()).get()).isInstanceOf(Fetched.Payload.class);
    assertThat(next.take()).isEmpty();
  }

  /** As in a job with as many batches as workers. */
  @Test
  void noneIsTakenThatAnotherWorkerCouldBeWithout() throws Exception {
    var next = after(batch(0, 2), READ, 2);

    assertThat(next.take()).isEmpty();
    assertThat(leased().index()).isEqualTo(1);
  }

  @Test
  void noneIsTakenBesideASlowBatchNorBeforeItIsKnownHowSlow() throws Exception {
    var current = batch(0, 3);
    var next = new NextBatch(queue.worker(JOB), READ, 1);
    next.begin(current, Attempts.NONE);
    assertThat(next.take()).isEmpty();

    next.took(NextBatch.HOLD.toNanos());
    next.begin(current, Attempts.NONE);
    assertThat(next.take()).isEmpty();
  }

  @Test
  void noneIsTakenBesideABatchThatHasTakenAWorkerDown() throws Exception {
    var next = new NextBatch(queue.worker(JOB), READ, 1, LONG);
    next.took(1);
    next.begin(batch(0, 3), Attempts.NONE.plusLosses(1));

    assertThat(next.take()).isEmpty();
  }

  @Test
  void noneIsTakenWhoseItemsTheQueueCarries() throws Exception {
    assertThat(after(batch(0, 3), Payloads.CARRIED, 1).take()).isEmpty();
  }

  /** The worker asks itself then, and is told the same. */
  @Test
  void whateverEndsTheAskingForItTheWorkerDoesNotWaitForIt() throws Exception {
    assertThat(afterAsking(failing(new StoreRefusedException("expired")))).isEmpty();
    assertThat(afterAsking(failing(new UnsupportedOperationException("unforeseen")))).isEmpty();
    assertThat(
            afterAsking(
                lease -> {
                  throw new LinkageError("made up");
                }))
        .isEmpty();
  }

  private static UnaryOperator<Lease> failing(RuntimeException fault) {
    return lease -> {
      throw fault;
    };
  }

  /** What the worker takes up if its queue makes that of the next lease. */
  private Optional<Taken> afterAsking(UnaryOperator<Lease> lease) throws Exception {
    var current = batch(0, 3);
    var next = new NextBatch(WrappedQueue.withLeases(queue.worker(JOB), lease), READ, 1, LONG);
    next.took(1);
    next.begin(current, Attempts.NONE);
    var taken = new FutureTask<>(next::take);
    Thread.startVirtualThread(taken);
    try {
      return taken.get(2, TimeUnit.SECONDS);
    } finally {
      queue.remove(JOB);
    }
  }

  /** It says how many batches waited when it was leased: by now others may have done them all. */
  @Test
  void theSummaryOfAJobIsCarriedByTheQueueWhoeverAsksForIt() throws Exception {
    var current = batch(0, 1);
    queue.enqueueCompletion(JOB, "{}".getBytes(UTF_8));
    var next = after(manyWaitingBehind(current), noting(READ), 1);

    var taken = next.take().orElseThrow();
    assertThat(taken.lease().index()).isEqualTo(Lease.COMPLETION);
    assertThat(taken.payload()).isNull();
    assertThat(asked.getCount()).as("not read").isOne();
  }

  @Test
  void noneIsTakenBesideABatchThatIsAnothersByNow() throws Exception {
    var current = batch(0, 3);
    now.addAndGet(LONG.multipliedBy(4).toNanos());

    assertThat(after(manyWaitingBehind(current), READ, 1).take()).isEmpty();
  }

  private static Lease manyWaitingBehind(Lease lease) {
    return new WrappedLease(lease) {
      @Override
      public int waiting() {
        return 5;
      }
    };
  }

  @Test
  void behindABatchThatTakesLongerThanTheLastItGoesBackAndHasCostNothing() throws Exception {
    var next = new NextBatch(queue.worker(JOB), noting(READ), 1, Duration.ofMillis(50));
    next.took(1);
    next.begin(batch(0, 3), Attempts.NONE);
    asked.await();

    assertThat(leasedUntil(1).attempts())
        .extracting(Attempts::next, Attempts::losses, Attempts::releases)
        .containsExactly(1, 0, 1);
    assertThat(next.take()).isEmpty();
  }

  /** Also while its store does not answer. */
  @Test
  void aStopGivesItBackAtOnceAndUncounted() throws Exception {
    var next =
        after(
            batch(0, 2),
            noting(
                lease -> {
                  await(release);
                  return READ.of(lease);
                }),
            1);
    asked.await();
    next.giveBack();

    assertThat(leasedUntil(1).attempts())
        .extracting(Attempts::next, Attempts::losses)
        .containsExactly(1, 0);
    assertThat(next.take()).isEmpty();
    next.close();
  }

  @Test
  void afterAStopNoneIsTaken() throws Exception {
    var current = batch(0, 3);
    var next = new NextBatch(queue.worker(JOB), READ, 1, LONG);
    next.took(1);
    next.giveBack();
    next.begin(current, Attempts.NONE);

    assertThat(next.take()).isEmpty();
    assertThat(leased().index()).isEqualTo(1);
  }

  /** It is a lost worker to both batches, and an attempt of neither. */
  @Test
  void ofAWorkerThatWasKilledBothComeToAnotherOne() throws Exception {
    var killed = after(batch(0, 2), READ, 1);
    assertThat(killed.take()).isPresent();

    now.addAndGet(LONG.multipliedBy(4).toNanos());

    for (var index = 0; index < 2; index++) {
      var again = leased();
      assertThat(again.index()).isEqualTo(index);
      assertThat(again.attempts())
          .extracting(Attempts::next, Attempts::losses)
          .containsExactly(1, 1);
    }
  }

  @Test
  void oneWhoseLeaseRanOutIsAnothersAndNotTaken() throws Exception {
    var next = after(batch(0, 2), noting(READ), 1);
    asked.await();
    assertThat(leasedNow()).isEmpty();

    now.addAndGet(LONG.multipliedBy(4).toNanos());

    assertThat(next.take()).isEmpty();
  }

  /** A job that was cancelled: its workers have nothing to do. */
  @Test
  void oneOfAJobThatHasEndedIsNotTaken() throws Exception {
    var next = after(batch(0, 3), READ, 1);
    queue.end(JOB, new End(Verdict.Cancelled, "", Instant.now()));
    queue.retire(JOB);

    assertThat(next.take()).isEmpty();
  }

  @Test
  void theHandlerWorksMeanwhileAndEachBatchIsHandledOnce() {
    var read = new CountDownLatch(3);
    var handled = new ConcurrentLinkedQueue<Integer>();
    work(
        lease -> {
          read.countDown();
          return READ.of(lease);
        },
        index -> {
          if (index == 1) {
            await(read); // of batch 2
          }
          handled.add(index);
        },
        5);

    assertThat(handled).containsExactly(0, 1, 2, 3, 4);
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failedAttempts, Counts::lost)
        .containsExactly(5, 0, 0);
  }

  @Test
  void oneWhoseFileHasChangedFailsAloneAndItsHandlerIsNotAsked() {
    var read = new CountDownLatch(3);
    var handled = new ConcurrentLinkedQueue<Integer>();
    work(
        lease -> {
          read.countDown();
          return lease.index() == 2
              ? new Fetched.Changed("s3://b/k is another one")
              : READ.of(lease);
        },
        index -> {
          if (index == 1) {
            await(read);
          }
          handled.add(index);
        },
        5);

    assertThat(handled).containsExactly(0, 1, 3, 4);
    assertThat(BatchError.fromJson(Objects.requireNonNull(queue.outcome(JOB, 2)).body()))
        .isEqualTo(BatchError.of(BatchError.Reason.InputChanged, "s3://b/k is another one"));
    assertThat(queue.counts(JOB).succeeded()).isEqualTo(4);
  }

  @Test
  void aWorkerThatIsToldToStopEndsItsBatchAndLeavesTheNextOneToOthersMeanwhile() throws Exception {
    var read = new CountDownLatch(3);
    var begun = new CountDownLatch(1);
    var worker =
        worker(
            lease -> {
              read.countDown();
              return READ.of(lease);
            },
            index -> {
              if (index == 1) {
                await(read);
                begun.countDown();
                await(release);
              }
            });
    enqueue(5);
    var exit = CompletableFuture.supplyAsync(worker::run);
    begun.await();
    worker.stop();

    assertThat(leasedUntil(2).attempts())
        .extracting(Attempts::next, Attempts::losses)
        .containsExactly(1, 0);
    release.countDown();
    assertThat(exit.join().reason()).isEqualTo(WorkerExit.Reason.DONE);
    assertThat(queue.counts(JOB).succeeded()).isEqualTo(2);
  }

  private void work(Payloads payloads, Consumer<Integer> handler, int count) {
    enqueue(count);
    var exit = CompletableFuture.supplyAsync(worker(payloads, handler)::run);
    Awaitility.await().until(() -> queue.counts(JOB).done() == count);
    queue.end(JOB, new End(Verdict.Complete, "", Instant.now()));
    queue.retire(JOB);
    assertThat(exit.join().reason()).isEqualTo(WorkerExit.Reason.DONE);
  }

  private Worker worker(Payloads payloads, Consumer<Integer> handler) {
    var retry = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2), 10);
    return new Worker(
        new Assignment(JOB, "monday", retry, Optional.empty()),
        queue.worker(JOB),
        new Hosts(handler),
        payloads);
  }

  /** Tells when it is asked for the first payload. */
  private Payloads noting(Payloads payloads) {
    return lease -> {
      asked.countDown();
      return payloads.of(lease);
    };
  }

  /** One that begins while the handler works on a batch, after a quick one. */
  private NextBatch after(Lease current, Payloads payloads, int workers) {
    var next = new NextBatch(queue.worker(JOB), payloads, workers, LONG);
    next.took(1);
    next.begin(current, Attempts.NONE);
    return next;
  }

  private Lease batch(int index, int count) throws InterruptedException {
    enqueue(count);
    var lease = leased();
    assertThat(lease.index()).isEqualTo(index);
    return lease;
  }

  private void enqueue(int count) {
    queue.enqueue(JOB, Batches.of(count, index -> ("[" + index + "]").getBytes(UTF_8)));
  }

  private Lease leased() throws InterruptedException {
    return queue.worker(JOB).lease(Duration.ofSeconds(30)).orElseThrow();
  }

  private Optional<Lease> leasedNow() throws InterruptedException {
    return queue.worker(JOB).lease(Duration.ZERO);
  }

  /** Takes what there is until it is that batch's turn. */
  private Lease leasedUntil(int index) throws InterruptedException {
    var lease = leased();
    while (lease.index() != index) {
      lease = leased();
    }
    return lease;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Hosts(Consumer<Integer> handler) implements HostSource {
    @Override
    public Host start() {
      return new Host() {
        @Override
        public Answer handle(Call call) {
          handler.accept(call.index());
          return new Answer.Result("[1]".getBytes(UTF_8));
        }

        @Override
        public Answer complete(Optional<Instant> deadline, byte[] summary) {
          return new Answer.Result(new byte[0]);
        }

        @Override
        public boolean alive() {
          return true;
        }

        @Override
        public void kill() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public boolean canRestart() {
      return false;
    }
  }
}
