package dev.batchapi.queue.jetstream;

import java.time.Duration;

/**
 * What time it is at the server, at least: made of the times that it gave to messages, so that
 * workers whose own clocks differ have one time. Never later than it really is, and behind by no
 * more than what a message takes. Not thread-safe.
 */
final class ServerClock {
  /** Clocks drift apart by less than a millisecond in that time. */
  private static final long WINDOW = Duration.ofSeconds(10).toNanos();

  private static final long NONE = Long.MIN_VALUE;

  // The largest difference seen between the server's clock and ours, now and in the window before.
  private long current = NONE;
  private long before = NONE;
  private long began;
  private boolean measured;
  private long measuredAt;

  /** A message has this time of the server's, and was there when our clock of nanoseconds said. */
  void saw(long server, long nanos) {
    roll(nanos);
    current = Math.max(current, server - nanos);
  }

  /** The same of a message that was new. */
  void sawNew(long server, long nanos) {
    saw(server, nanos);
    measured = true;
    measuredAt = nanos;
  }

  /** Whether a new message was seen lately. */
  boolean isKnown(long nanos) {
    return measured && nanos - measuredAt < WINDOW;
  }

  /** To be called only while it is known. */
  long now(long nanos) {
    roll(nanos);
    return nanos + Math.max(before, current);
  }

  private void roll(long nanos) {
    if (nanos - began >= WINDOW) {
      before = nanos - began < 2 * WINDOW ? current : NONE;
      current = NONE;
      began = nanos;
    }
  }
}
