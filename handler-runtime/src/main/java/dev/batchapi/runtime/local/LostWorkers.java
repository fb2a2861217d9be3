package dev.batchapi.runtime.local;

import java.time.Duration;
import java.util.Optional;

/**
 * What follows when workers end again and again: they are replaced, slower each time, until a
 * bound. Any new outcome starts the count anew.
 */
final class LostWorkers {
  /** As long as the job has no outcome at all, its handler is taken for broken. */
  static final int BOUND_WITHOUT_OUTCOME = 3;

  static final int BOUND = 10;

  private int lost;
  private int doneBefore;

  /**
   * One more worker is lost.
   *
   * @param done batches that have their outcome
   * @return the pause before its replacement; empty when the bound is reached
   */
  synchronized Optional<Duration> another(int done) {
    if (done > doneBefore) {
      doneBefore = done;
      lost = 0;
    }
    lost++;
    if (lost >= (done == 0 ? BOUND_WITHOUT_OUTCOME : BOUND)) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis(100L << Math.min(lost, 6)));
  }
}
