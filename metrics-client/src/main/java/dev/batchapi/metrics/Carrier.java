package dev.batchapi.metrics;

import java.io.IOException;

/**
 * What brings lines to a server, for {@link CarriedTransport}. Used by one thread, which is the
 * client's own and may be held up here. What became of each line it tells {@link Underway}, in the
 * order in which it took them.
 */
interface Carrier extends AutoCloseable {
  /** Bytes that it adds to a line. */
  int overhead();

  /**
   * Opens the way, or opens it anew if it is time to look for the server again.
   *
   * @throws IOException if that is not possible now
   */
  void open() throws IOException;

  /**
   * Takes a line.
   *
   * @throws IOException if it did not
   */
  void carry(Series series, double value) throws IOException;

  /**
   * Looks whether the server has come back.
   *
   * @throws IOException if it has not
   */
  void probe() throws IOException;

  /** Whether it is time to {@link #open} anew, though nothing is known to be wrong. */
  boolean old();

  @Override
  void close();
}
