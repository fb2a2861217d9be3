package dev.batchapi.data.store;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tries again what a store couldn't do just now, at growing intervals, until a bound.
 *
 * @param first about how long the first pause is
 * @param longest pauses grow up to this
 * @param bound how long after the last success it is tried
 */
public record Backoff(Duration first, Duration longest, Duration bound) {
  /** For everything that isn't a test: about a minute. */
  public static final Backoff DEFAULT =
      new Backoff(Duration.ofMillis(250), Duration.ofSeconds(8), Duration.ofMinutes(1));

  /**
   * Calls until it works.
   *
   * @throws StoreUnavailableException the last one, once the bound is reached or the thread is
   *     interrupted; other exceptions at once
   */
  public <T> T run(Supplier<T> call) {
    var patience = start();
    while (true) {
      try {
        return call.get();
      } catch (StoreUnavailableException e) {
        patience.pause(e);
      }
    }
  }

  /** Begins a series of attempts. */
  Patience start() {
    return new Patience();
  }

  /** One series of attempts. */
  final class Patience {
    private final long until = System.nanoTime() + bound.toNanos();
    private long pause = first.toNanos();

    /** Waits before the next attempt, or throws what the last one said if there is none. */
    void pause(StoreUnavailableException e) {
      // Between a half and the whole: many workers met the same failure at the same time.
      var nanos = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
      if (System.nanoTime() + nanos > until) {
        throw e;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(nanos);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw e;
      }
      pause = Math.min(pause * 2, longest.toNanos());
    }
  }
}
