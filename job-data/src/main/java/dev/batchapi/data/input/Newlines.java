package dev.batchapi.data.input;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where lines end. Eight bytes are looked at together, which is three times as fast as one by one
 * with the JVM's first compiler, the only one of short programs.
 */
final class Newlines {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long NEWLINES = 0x0A0A0A0A0A0A0A0AL;
  private static final long LOWEST_BITS = 0x0101010101010101L;
  private static final long HIGHEST_BITS = 0x8080808080808080L;

  private Newlines() {}

  /**
   * The next newline.
   *
   * @param from the first byte to look at
   * @param end behind the last one
   * @return its position; {@code end} if there is none
   */
  static int next(byte[] bytes, int from, int end) {
    var at = from;
    for (; at < end && at % Long.BYTES != 0; at++) {
      if (bytes[at] == '\n') {
        return at;
      }
    }
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      var zeroes = (long) EIGHT.get(bytes, at) ^ NEWLINES;
      // The lowest bit that is set is that of the first byte that is 0, see "Bit Twiddling Hacks".
      var found = (zeroes - LOWEST_BITS) & ~zeroes & HIGHEST_BITS;
      if (found != 0) {
        return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
    }
    for (; at < end; at++) {
      if (bytes[at] == '\n') {
        return at;
      }
    }
    return end;
  }
}
