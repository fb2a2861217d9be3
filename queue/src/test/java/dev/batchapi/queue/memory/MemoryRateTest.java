package dev.batchapi.queue.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.RunSpec.RateLimit;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.RateContract;
import dev.batchapi.queue.Reservation;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryRateTest extends RateContract {
  private static final Rate RATE = new Rate(new RateLimit(50, 100), 100);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

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
  protected long nanos() {
    return clock.get();
  }

  @Test
  void tenSecondsHaveTenSecondsPermitsAndABurst() {
    var worker = worker(job);
    var began = clock.get();
    var used = 0;
    while (clock.get() - began < 10 * SECOND) {
      var due = ((Reservation.Made) worker.reserve(RATE, 1)).due(0);
      clock.set(Math.max(0, due - clock.get()) + clock.get());
      used += clock.get() - began < 10 * SECOND ? 1 : 0;
    }
    assertThat(used).isBetween(50 * 10 + 100 - 1, 50 * 10 + 100);
  }

  @Test
  void aRestFillsTheBurstAndNoMore() {
    var worker = worker(job);
    var first = (Reservation.Made) worker.reserve(RATE, 100);
    assertThat(first.due(99) - clock.get()).isZero();
    clock.addAndGet(3600 * SECOND);
    var next = (Reservation.Made) worker.reserve(RATE, 100);
    assertThat(next.due(99) - clock.get()).isZero();
    assertThat(((Reservation.Made) worker.reserve(RATE, 1)).due(0) - clock.get())
        .isEqualTo(SECOND / 50);
  }
}
