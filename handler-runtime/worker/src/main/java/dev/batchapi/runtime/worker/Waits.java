package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How long a worker's batches have waited for something else than its handler. Thread-safe. */
public final class Waits {
  private final AtomicLong forRate = new AtomicLong();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong asked = new AtomicLong();

  void forRate(Duration time) {
    forRate.addAndGet(time.toNanos());
  }

  void asked(int times, Duration time) {
    calls.addAndGet(times);
    asked.addAndGet(time.toNanos());
  }

  /** For permits of the job's rate limit. */
  public Duration forRate() {
    return Duration.ofNanos(forRate.get());
  }

  /** How often the handler asked for a batch or an item to be handed over again later. */
  public int timesAsked() {
    return calls.get();
  }

  /** For how long it did. */
  public Duration asked() {
    return Duration.ofNanos(asked.get());
  }
}
