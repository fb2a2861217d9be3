package dev.batchapi.queue;

import dev.batchapi.contract.RunSpec.RateLimit;

/**
 * A job's rate limit, as its workers reserve permits of it. All of a job's workers must ask by the
 * same one.
 *
 * @param limit permits per second, and how many may be used at once after a rest
 * @param most permits that one reservation may have, at least 1; it may be more than a burst
 */
public record Rate(RateLimit limit, int most) {
  public Rate {
    if (most < 1) {
      throw new IllegalArgumentException("Reservations of %d permits are none.".formatted(most));
    }
  }

  /** Nanoseconds between two permits. */
  public long interval() {
    return Math.round(1e9 / limit.perSecond());
  }

  /** Nanoseconds that a burst is worth. */
  long burst() {
    return limit.burst() * interval();
  }
}
