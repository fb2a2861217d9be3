package dev.batchapi.operator.job.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.operator.job.accept.WorkShares;
import dev.batchapi.operator.job.observe.EnqueuingState;
import dev.batchapi.operator.queue.QueueShares;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.Window;
import dev.batchapi.queue.memory.MemoryQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EnqueuingTest {
  private static final Enqueuing.Asker J =
      new Enqueuing.Asker("j", "team-a", 2, false, Duration.ofSeconds(15));

  private final MemoryQueue ledger = new MemoryQueue();
  private final AtomicLong clock = new AtomicLong();
  private final List<String> changed = new CopyOnWriteArrayList<>();
  private final Enqueuing enqueuing =
      new Enqueuing(
          Executors.newVirtualThreadPerTaskExecutor(),
          new WorkShares(QueueShares.ofMib(0, 0, 10_000, 5_000, 1_000, 1)),
          clock::get,
          changed::add);

  @AfterEach
  void close() {
    ledger.close();
  }

  private Batches batches(int count) {
    return Batches.of(count, index -> "[1]".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aSmallJobIsThereAtOnce() throws InterruptedException {
    assertThat(enqueuing.ensure(J, batches(3), ledger, 0)).isEqualTo(new EnqueuingState.Done());
    assertThat(ledger.jobs()).containsExactly("j");
  }

  @Test
  void itIsRepeatedAfterAMinuteAndNotBefore() throws InterruptedException {
    var counted = new AtomicInteger();
    var batches =
        new Batches() {
          @Override
          public int count() {
            counted.incrementAndGet();
            return 1;
          }

          @Override
          public byte[] payload(int index) {
            return "[1]".getBytes(StandardCharsets.UTF_8);
          }
        };
    enqueued(batches, 0);
    var once = counted.get();

    clock.addAndGet(Duration.ofSeconds(59).toNanos());
    enqueuing.ensure(J, batches, ledger, 0);
    assertThat(counted).hasValue(once);

    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    enqueued(batches, 0);
    assertThat(counted.get()).isGreaterThan(once);
  }

  @Test
  void aLargeJobGoesOnBesideAndTellsWhenItIsThere() throws InterruptedException {
    var mayGoOn = new CountDownLatch(1);
    var slow =
        new Batches() {
          @Override
          public int count() {
            try {
              mayGoOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return 1;
          }

          @Override
          public byte[] payload(int index) {
            return "[1]".getBytes(StandardCharsets.UTF_8);
          }
        };

    assertThat(enqueuing.ensure(J, slow, ledger, 0)).isEqualTo(new EnqueuingState.Running());
    mayGoOn.countDown();

    await().untilAsserted(() -> assertThat(changed).containsExactly("j"));
    assertThat(enqueuing.state("j")).isEqualTo(new EnqueuingState.Done());
  }

  @Test
  void whatCannotBePublishedIsToldAndTriedAgain() throws InterruptedException {
    var tooLarge =
        new Batches() {
          @Override
          public int count() {
            throw new IllegalArgumentException("batch 0 is too large");
          }

          @Override
          public byte[] payload(int index) {
            return new byte[0];
          }
        };

    enqueuing.ensure(J, tooLarge, ledger, 0);
    await()
        .untilAsserted(
            () ->
                assertThat(enqueuing.state(J.uid()))
                    .isEqualTo(
                        new EnqueuingState.Failed(Reason.EnqueueFailed, "batch 0 is too large")));

    clock.addAndGet(Enqueuing.RETRY.toNanos());
    assertThat(enqueuing.ensure(J, batches(1), ledger, 0)).isEqualTo(new EnqueuingState.Done());
  }

  @Test
  void theRestOfALargeJobFollowsWhenHalfOfItsWindowIsDone() throws InterruptedException {
    enqueued(batches(2500), 0);
    assertThat(waiting()).isEqualTo(1000);

    enqueued(batches(2500), done(499));
    assertThat(waiting()).isEqualTo(501);

    enqueued(batches(2500), done(500));
    assertThat(waiting()).isEqualTo(1000);
  }

  /** On a busy machine the call comes back before all is there. */
  private void enqueued(Batches batches, int done) throws InterruptedException {
    enqueuing.ensure(J, batches, ledger, done);
    await().until(() -> !(enqueuing.state("j") instanceof EnqueuingState.Running));
  }

  private int waiting() {
    return ledger.enqueue("j", batches(2500), new Window(1, 1, 1)).waiting();
  }

  private int done(int batches) throws InterruptedException {
    while (ledger.counts("j").done() < batches) {
      ledger
          .worker("j")
          .lease(Duration.ofSeconds(1))
          .orElseThrow()
          .commit(Outcome.succeeded(1, new byte[0]));
    }
    return batches;
  }

  @Test
  void aJobThatStartsSuspendedIsEnqueuedWhenItIsResumed() throws InterruptedException {
    var suspended = new Enqueuing.Asker("j", "team-a", 2, true, Duration.ofSeconds(15));
    assertThat(enqueuing.ensure(suspended, batches(3), ledger, 0))
        .isEqualTo(new EnqueuingState.Held());
    assertThat(ledger.jobs()).isEmpty();

    assertThat(enqueuing.ensure(J, batches(3), ledger, 0)).isEqualTo(new EnqueuingState.Done());
    assertThat(enqueuing.ensure(suspended, batches(3), ledger, 0))
        .isEqualTo(new EnqueuingState.Done());
    assertThat(ledger.jobs()).containsExactly("j");
  }
}
