package dev.batchapi.queue.memory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueContract;
import dev.batchapi.queue.WorkQueue;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryQueueTest extends QueueContract {
  // Starts near the end of its range: a clock of nanoseconds may wrap.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1000);
  private final MemoryQueue queue = new MemoryQueue(Duration.ofSeconds(15), clock::get);

  @AfterEach
  void close() {
    queue.close();
  }

  @Override
  protected Ledger ledger() {
    return queue;
  }

  @Override
  protected WorkQueue worker(String ofJob) {
    return queue.worker(ofJob);
  }

  @Override
  protected void letLeasesRunOut() {
    clock.addAndGet(Duration.ofSeconds(15).toNanos());
  }

  @Test
  void aDelayEndsByTheClock() throws Exception {
    queue.enqueue(job, batches(1));
    take(worker(job)).giveBack(Duration.ofSeconds(60));
    clock.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThat(worker(job).lease(Duration.ZERO)).isEmpty();
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(worker(job).lease(Duration.ZERO)).isPresent();
  }

  @Test
  void aRenewedLeaseIsHeldLonger() throws Exception {
    queue.enqueue(job, batches(1));
    var lease = take(worker(job));
    clock.addAndGet(Duration.ofSeconds(14).toNanos());
    lease.renew();
    clock.addAndGet(Duration.ofSeconds(14).toNanos());
    assertThat(lease.mayHaveExpired()).isFalse();
    assertThat(worker(job).lease(Duration.ZERO)).isEmpty();
  }

  @Test
  void aPayloadThatTakesLongerToReadThanALeaseLastsIsReadByOneWorker() throws Exception {
    var reads = new CountDownLatch(2);
    var slow =
        Batches.of(
            1,
            index -> {
              reads.countDown();
              await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
              return new byte[0];
            });
    try (var real = new MemoryQueue(Duration.ofMillis(1500), System::nanoTime)) {
      real.enqueue(job, slow);
      var first = CompletableFuture.supplyAsync(() -> taken(real));
      await().until(() -> reads.getCount() == 1);
      assertThat(real.worker(job).lease(Duration.ofMillis(1750))).isEmpty();
      assertThat(first.join().attempts().losses()).isZero();
      assertThat(reads.getCount()).isEqualTo(1);
    }
  }

  private Lease taken(MemoryQueue real) {
    try {
      return take(real.worker(job));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aWaitingWorkerTakesOverALeaseThatRunsOut() throws Exception {
    try (var real = new MemoryQueue(Duration.ofMillis(50), System::nanoTime)) {
      real.enqueue(job, batches(1));
      take(real.worker(job));
      var next = inBackground(() -> real.worker(job).lease(Duration.ofHours(1)));
      assertThat(next.get(LONG.toSeconds(), TimeUnit.SECONDS)).isPresent();
    }
  }

  @Test
  void payloadsAreReadOnlyWhenTheyAreLeased() throws Exception {
    var reads = new AtomicInteger();
    queue.enqueue(
        job,
        Batches.of(
            1_000_000,
            index -> {
              reads.incrementAndGet();
              return new byte[1024];
            }));
    assertThat(reads).hasValue(0);
    take(worker(job));
    assertThat(reads).hasValue(1);
  }

  @Test
  void aPayloadThatCannotBeReadIsTheReadersErrorAndTheBatchStays() throws Exception {
    var broken = new AtomicInteger(1);
    queue.enqueue(
        job,
        Batches.of(
            1,
            index -> {
              if (broken.getAndDecrement() > 0) {
                throw new UncheckedIOException("the disk is gone", new java.io.IOException());
              }
              return new byte[2];
            }));
    assertThatThrownBy(() -> worker(job).lease(SHORT)).hasMessageContaining("the disk is gone");
    var lease = take(worker(job));
    assertThat(lease.attempts().losses()).isZero();
  }

  @Test
  void resultsAreKeptInAFileThatHasNoName(@TempDir Path folder) throws Exception {
    var results = List.of("[1]".getBytes(UTF_8), new byte[0], new byte[300_000]);
    try (var own = new MemoryQueue(folder)) {
      own.enqueue(job, batches(3));
      for (var result : results) {
        take(own.worker(job)).commit(Outcome.succeeded(1, result));
      }
      assertThat(folder).isEmptyDirectory();
      var read = new ArrayList<byte[]>();
      own.outcomes(job, (index, outcome) -> read.add(outcome.body()));
      assertThat(read).containsExactlyElementsOf(results);
    }
  }

  @Test
  void aFolderWithoutRoomIsNamed(@TempDir Path folder) throws Exception {
    try (var own = new MemoryQueue(folder.resolve("gone"))) {
      own.enqueue(job, batches(1));
      var lease = take(own.worker(job));
      assertThatThrownBy(() -> lease.commit(Outcome.succeeded(1, new byte[1])))
          .hasMessageContaining("results can't be kept in " + folder.resolve("gone"));
    }
  }

  @Test
  void theLongestWaitForAnotherAttemptIsKnown() throws Exception {
    queue.enqueue(job, batches(3));
    assertThat(queue.longestDelay(job)).isZero();
    take(worker(job)).giveBack(Duration.ofSeconds(20));
    take(worker(job)).giveBack(Duration.ofSeconds(5));
    assertThat(queue.longestDelay(job)).isEqualTo(Duration.ofSeconds(20));
    clock.addAndGet(Duration.ofSeconds(30).toNanos());
    assertThat(queue.longestDelay(job)).isZero();
  }

  @Test
  void theLastErrorIsKnownBeforeABatchIsFailed() throws Exception {
    queue.enqueue(job, batches(2));
    assertThat(queue.lastError(job)).isNull();
    var error = BatchError.of(BatchError.Reason.HandlerFailed, "a typo");
    take(worker(job)).recordFailure(error);
    assertThat(queue.lastError(job)).isEqualTo(error);
  }
}
