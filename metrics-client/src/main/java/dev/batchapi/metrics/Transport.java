package dev.batchapi.metrics;

/**
 * The way to the server. Used by one thread at a time, but for {@link #ready}, {@link #holdsLines}
 * and {@link #sent}. No method throws; none blocks for longer than its documented bound. What it
 * can't deliver it gives back to its series (counters) or counts as lost (everything else).
 */
interface Transport {

  /** Whether the server is believed to be there; if not, counters keep what they gathered. */
  boolean ready();

  /** Whether lines wait for a datagram to become full. */
  boolean holdsLines();

  /** Lines handed to the network so far. */
  long sent();

  /** Takes one line to be sent. */
  void send(Series series, double value);

  /** Takes a 0 and then the value, which arrive together or not at all. */
  void sendFromZero(Series series, double value);

  /** Has everything that was taken sent, and waits for nothing. */
  void pass();

  /** Hands everything that was taken to the network; false if it was not possible. */
  boolean flush();

  /** Called several times a second, to find out what became of the server and to follow it. */
  void maintain();

  /** Like {@link #maintain}, and waits a moment for the answer. */
  boolean findNow();

  /** Flushes and gives everything back. */
  void close();
}
