package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** A text cut in its middle: it begins with what happened and ends with a stack. */
final class LastWords {
  private static final byte[] GAP = "\n…\n".getBytes(UTF_8);

  private LastWords() {}

  /**
   * At most so many bytes of UTF-8. Of a stack's two ends one is the author's innermost line, in
   * one language or the other, so both are kept.
   */
  static byte[] of(String message, int limit) {
    var bytes = message.getBytes(UTF_8);
    if (bytes.length <= limit) {
      return bytes;
    }
    var half = (limit - GAP.length) / 2;
    var head = half;
    while (isInside(bytes[head])) {
      head--;
    }
    var tail = bytes.length - half;
    while (isInside(bytes[tail])) {
      tail++;
    }
    var cut = Arrays.copyOf(bytes, head + GAP.length + bytes.length - tail);
    System.arraycopy(GAP, 0, cut, head, GAP.length);
    System.arraycopy(bytes, tail, cut, head + GAP.length, bytes.length - tail);
    return cut;
  }

  /** Whether a byte goes on with a character that began before it. */
  private static boolean isInside(byte one) {
    return (one & 0xC0) == 0x80;
  }
}
