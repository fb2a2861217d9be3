package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.QueueUnavailableException;
import java.time.Duration;

/** Growing pauses between repetitions, until the patience is at its end. */
final class PatientPause {
  private static final long FIRST_MILLIS = 20;
  private static final long LONGEST_MILLIS = 500;

  private final Duration patience;
  private final long started = System.nanoTime();
  private long millis = FIRST_MILLIS;

  PatientPause(Duration patience) {
    this.patience = patience;
  }

  /** Waits, or throws when there is no time left. */
  void orThrow(String what, Exception cause) {
    if (System.nanoTime() - started + millis * 1_000_000 > patience.toNanos()) {
      throw new QueueUnavailableException(
          "Could not %s within %d s: %s".formatted(what, patience.toSeconds(), cause.getMessage()),
          cause);
    }
    try {
      Thread.sleep(Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NatsConnection.interrupted(what, e);
    }
    millis = Math.min(2 * millis, LONGEST_MILLIS);
  }
}
