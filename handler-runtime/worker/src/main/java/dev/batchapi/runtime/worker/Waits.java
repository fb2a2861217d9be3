package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a worker's batches have waited for something else than its handler, and how long that
 * ran. Thread-safe.
 */
public final class Waits {
  private final AtomicLong forRate = new AtomicLong();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong ran = new AtomicLong();
  private final AtomicLong holdsUntil = new AtomicLong();
  private final AtomicBoolean holds = new AtomicBoolean();

  void forRate(Duration time) {
    forRate.addAndGet(time.toNanos());
  }

  void asked(int times, Duration time) {
    calls.addAndGet(times);
    asked.addAndGet(time.toNanos());
  }

  /** An attempt was answered after so long, beside such waits. */
  void ran(Duration time) {
    ran.set(time.toNanos());
  }

  /** How long the last attempt ran. */
  Duration ran() {
    return Duration.ofNanos(ran.get());
  }

  /** The batch in hand, or some of its items, wait so long for what comes next. */
  void holds(Duration time) {
    holdsUntil.set(System.nanoTime() + time.toNanos());
    holds.set(true);
  }

  /** It goes on. */
  void goesOn() {
    holds.set(false);
  }

  /**
   * How long the batch in hand waits yet for its next attempt, or its items do; 0 if not at all.
   */
  public Duration holds() {
    var left = holdsUntil.get() - System.nanoTime();
    return holds.get() && left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
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
