package dev.batchapi.metrics;

import java.math.BigDecimal;

/**
 * Numbers as they stand on the wire: plain decimals without an exponent, the shortest that read
 * back as the same double. Allocates nothing for whole numbers and for up to nine decimals.
 */
final class NumberText {
  /** Of the longest, the smallest double: 324 zeros, two digits, point and sign. */
  static final int MAX_LENGTH = 400;

  private static final double LARGEST_LONG = 1e18;

  /** Up to here a number times 1e9 is a whole number that a double holds exactly. */
  private static final double LARGEST_WITH_DECIMALS = 9e6;

  private static final double BILLION = 1e9;
  private static final int DECIMALS = 9;

  private NumberText() {}

  /** Writes a finite number to the start of {@code out} and returns its length. */
  static int write(double value, byte[] out) {
    double size = Math.abs(value);
    if (size < LARGEST_LONG && size == Math.rint(size)) {
      int at = sign(value, out);
      return digits((long) size, 1, out, at);
    }
    if (size < LARGEST_WITH_DECIMALS) {
      long billionths = Math.round(size * BILLION);
      // Division rounds as reading the decimal does, so equal here is equal there.
      if (billionths / BILLION == size) {
        return decimal(billionths, out, sign(value, out));
      }
    }
    String text = Double.toString(value);
    if (text.indexOf('E') >= 0) {
      text = new BigDecimal(text).stripTrailingZeros().toPlainString();
    }
    for (int i = 0; i < text.length(); i++) {
      out[i] = (byte) text.charAt(i);
    }
    return text.length();
  }

  private static int sign(double value, byte[] out) {
    if (value < 0) {
      out[0] = '-';
      return 1;
    }
    return 0;
  }

  private static int decimal(long billionths, byte[] out, int at) {
    long whole = billionths / (long) BILLION;
    int end = digits(whole, 1, out, at);
    out[end++] = '.';
    end = digits(billionths - whole * (long) BILLION, DECIMALS, out, end);
    while (out[end - 1] == '0') {
      end--;
    }
    return end;
  }

  /** Writes at least {@code width} digits; returns the position after them. */
  private static int digits(long number, int width, byte[] out, int at) {
    int length = Math.max(width, digitCount(number));
    long rest = number;
    for (int i = at + length - 1; i >= at; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return at + length;
  }

  private static int digitCount(long number) {
    int count = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      count++;
    }
    return count;
  }
}
