package dev.batchapi.metrics;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The lines of the next datagram, and whose they are, in case it can't be sent. */
final class Datagram {
  /** Of {@code a:1|c} and its separator. */
  private static final int SHORTEST_LINE = 6;

  private static final byte[] ZERO = {'0'};

  private final ByteBuffer bytes;
  private final @Nullable Series[] series;

  /** Beside the series; NaN for the 0 before a negative gauge, which is no push of its own. */
  private final double[] values;

  /** Read by other threads. */
  private volatile int lines;

  Datagram(int capacity) {
    bytes = ByteBuffer.allocateDirect(capacity);
    series = new Series[capacity / SHORTEST_LINE + 1];
    values = new double[series.length];
  }

  int lines() {
    return lines;
  }

  /** Whether lines of {@code length} bytes in all fit behind those there are. */
  boolean hasRoom(int length) {
    return bytes.remaining() > length || (lines == 0 && bytes.remaining() == length);
  }

  void putZero(Series of) {
    put(of, Double.NaN, ZERO, 1);
  }

  void put(Series of, double value, byte[] text, int length) {
    int line = lines;
    if (line > 0) {
      bytes.put((byte) '\n');
    }
    bytes.put(of.prefix()).put(text, 0, length).put(of.suffix());
    series[line] = of;
    values[line] = value;
    lines = line + 1;
  }

  /** What is to be written. */
  ByteBuffer bytes() {
    return bytes.flip();
  }

  void clear() {
    bytes.clear();
    lines = 0;
  }

  /** Empties it without sending: counters take back what is theirs, everything else is lost. */
  void giveBack(Losses losses) {
    for (int i = 0; i < lines; i++) {
      Series owner = series[i];
      if (owner != null && !Double.isNaN(values[i])) {
        giveBack(owner, values[i], losses);
      }
    }
    clear();
  }

  static void giveBack(Series owner, double value, Losses losses) {
    if (owner.kind() == Kind.COUNTER) {
      owner.add(value);
    } else {
      losses.count(
          Loss.NETWORK, owner.name(), "the metrics server is unknown, away, or not reachable");
    }
  }
}
