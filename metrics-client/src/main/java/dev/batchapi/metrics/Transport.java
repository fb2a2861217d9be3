package dev.batchapi.metrics;

/**
 * The way to the server. Used by one thread at a time. No method throws; none blocks for longer
 * than its documented bound.
 */
interface Transport {

  /** Whether lines are taken at present; if not, counters keep what they gathered. */
  boolean ready();

  /** Takes one line to be sent; false if it did not. */
  boolean send(Series series, double value);

  /** Hands everything that was taken to the network, within {@code boundMillis}; false if not. */
  boolean flush(long boundMillis);

  /** Called about every second: finds the server if it isn't found yet. */
  void maintain();

  /** Flushes and gives everything back, within {@code boundMillis}. */
  void close(long boundMillis);
}
