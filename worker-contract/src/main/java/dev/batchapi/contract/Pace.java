package dev.batchapi.contract;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Says when there is time to tell again of what happens far more often. Used by one thread. */
public final class Pace {
  /** Of a splitter's and a collector's progress: more often than that the owner does not look. */
  public static final Duration OF_PROGRESS = Duration.ofSeconds(1);

  private final long every;
  private final LongSupplier nanoTime;
  private long last;

  /**
   * Begins now: the first time is after one interval.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public Pace(Duration every, LongSupplier nanoTime) {
    this.every = every.toNanos();
    this.nanoTime = nanoTime;
    last = nanoTime.getAsLong();
  }

  /** Whether an interval has passed since it last was; then the next one begins. */
  public boolean isDue() {
    var now = nanoTime.getAsLong();
    if (now - last < every) {
      return false;
    }
    last = now;
    return true;
  }
}
