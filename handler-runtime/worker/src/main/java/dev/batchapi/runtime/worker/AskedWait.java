package dev.batchapi.runtime.worker;

import dev.batchapi.queue.BatchError;
import java.time.Duration;

/** A handler's wish to be handed one item, or one batch, later: how often it may have it. */
final class AskedWait {
  /** All waits of one item, or one batch, together. */
  static final Duration MOST = Duration.ofHours(24);

  /** Shorter waits last as long, or they would be a loop without a pause. */
  static final Duration LEAST = Duration.ofMillis(100);

  private Duration total;

  /** Some of it may have been used by workers before this one. */
  AskedWait(Duration before) {
    total = before;
  }

  /** Adds one; false if that is too much. */
  boolean add(Duration wait) {
    total = total.plus(atLeast(wait));
    return total.compareTo(MOST) <= 0;
  }

  static Duration atLeast(Duration wait) {
    return wait.compareTo(LEAST) < 0 ? LEAST : wait;
  }

  /** The error of what is not handed over any more. */
  static BatchError tooLong(BatchError why) {
    return new BatchError(
        BatchError.Reason.WaitedTooLong,
        "It asked to be called later for more than %d hours in all (RetryLater), and is given up; the last time with: %s"
            .formatted(MOST.toHours(), why.message()),
        why.type(),
        why.stack());
  }
}
