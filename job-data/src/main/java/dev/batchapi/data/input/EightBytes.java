package dev.batchapi.data.input;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes that are looked at together, which is three times as fast as one by one with the
 * JVM's first compiler. What is looked for is marked by the highest bit of its byte ({@link
 * #MARKS}); of several marks only the lowest one is right, see "Bit Twiddling Hacks".
 */
final class EightBytes {
  static final long MARKS = 0x8080808080808080L;

  private static final VarHandle VIEW =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;

  private EightBytes() {}

  /** Those from a position on. */
  static long at(byte[] bytes, int at) {
    return (long) VIEW.get(bytes, at);
  }

  /** Eight times the same. */
  static long all(char c) {
    return c * ONES;
  }

  /** Marks bytes that are the same in both; other bits are of no meaning. */
  static long same(long eight, long others) {
    var zeroes = eight ^ others;
    return (zeroes - ONES) & ~zeroes;
  }

  /** The same where all bytes are ASCII; of others the marks are of no meaning. */
  static long sameAscii(long eight, long others) {
    return (eight ^ others) - ONES;
  }

  /** Marks bytes of ASCII that are less than those; other bits are of no meaning. */
  static long lessAscii(long eight, long others) {
    return eight - others;
  }

  /** Which byte is marked first, from 0; one is. */
  static int first(long marks) {
    return Long.numberOfTrailingZeros(marks) / Byte.SIZE;
  }
}
