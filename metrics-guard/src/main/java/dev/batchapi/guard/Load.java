package dev.batchapi.guard;

/**
 * Shares out the guard's own time when there is more to read than it manages: what one sender sends
 * beyond its share is thrown away unread, which costs a fraction of reading it, so that the others'
 * is still read. As long as the socket is found empty now and then, nobody is limited: what comes
 * in bursts waits in the kernel's buffer.
 */
final class Load {
  private static final long WINDOW_NANOS = 100_000_000;

  /** After so many windows without catching up it is no burst any more. */
  private static final int PATIENCE = 3;

  /** Below this the time is not what is short. */
  private static final long LEAST_BYTES = 256 << 10;

  private long window;
  private long windowEnd;
  private long read;
  private boolean caughtUp = true;
  private int behind;
  private long budget;

  /** Nothing is waiting to be read. */
  void caughtUp() {
    caughtUp = true;
  }

  /** Whether a datagram of this length is to be read. */
  boolean accepts(Sender sender, int bytes, long nanos) {
    if (window == 0 || nanos - windowEnd >= 0) {
      behind = caughtUp ? 0 : behind + 1;
      budget = Math.max(read, LEAST_BYTES);
      caughtUp = false;
      read = 0;
      window++;
      windowEnd = nanos + WINDOW_NANOS;
    }
    long before = sender.window == window ? sender.windowBytes : 0;
    if (behind >= PATIENCE && !Share.allows(before, bytes, budget - read, 1)) {
      return false;
    }
    sender.window = window;
    sender.windowBytes = before + bytes;
    read += bytes;
    return true;
  }
}
