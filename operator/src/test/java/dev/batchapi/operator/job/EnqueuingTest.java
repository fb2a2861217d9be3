package dev.batchapi.operator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Batches;
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
  private final MemoryQueue ledger = new MemoryQueue();
  private final AtomicLong clock = new AtomicLong();
  private final List<String> changed = new CopyOnWriteArrayList<>();
  private final Enqueuing enqueuing =
      new Enqueuing(Executors.newVirtualThreadPerTaskExecutor(), clock::get, changed::add);

  @AfterEach
  void close() {
    ledger.close();
  }

  private Batches batches(int count) {
    return Batches.of(count, index -> "[1]".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aSmallJobIsThereAtOnce() throws InterruptedException {
    assertThat(enqueuing.ensure("j", batches(3), ledger)).isEqualTo(new Enqueuing.Done());
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
    enqueuing.ensure("j", batches, ledger);
    var once = counted.get();

    clock.addAndGet(Duration.ofSeconds(59).toNanos());
    enqueuing.ensure("j", batches, ledger);
    assertThat(counted).hasValue(once);

    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    enqueuing.ensure("j", batches, ledger);
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

    assertThat(enqueuing.ensure("j", slow, ledger)).isEqualTo(new Enqueuing.Running());
    mayGoOn.countDown();

    await().untilAsserted(() -> assertThat(changed).containsExactly("j"));
    assertThat(enqueuing.state("j")).isEqualTo(new Enqueuing.Done());
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

    assertThat(enqueuing.ensure("j", tooLarge, ledger))
        .isEqualTo(new Enqueuing.Failed("EnqueueFailed", "batch 0 is too large"));

    clock.addAndGet(Enqueuing.RETRY.toNanos());
    assertThat(enqueuing.ensure("j", batches(1), ledger)).isEqualTo(new Enqueuing.Done());
  }
}
