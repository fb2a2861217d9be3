package dev.batchapi.guard;

import dev.batchapi.metrics.WireRules;

/** Numbers as bytes, judged without making any. */
final class Numbers {
  /** Of {@link WireRules#LARGEST_VALUE}: 1 and this many zeros. */
  private static final int LARGEST_POWER = 300;

  private static final int MANY = 1_000_000;
  private static final long BILLION = 1_000_000_000;
  private static final int TOO_MANY = Sections.MAX_WEIGHT + 1;

  private Numbers() {}

  /**
   * Whether this is a decimal, perhaps with an exponent, between ±1e300. What else the exporter
   * reads as a number ({@code NaN}, {@code Inf}, {@code 0x1p4}) stays in its sums for ever.
   *
   * @param negative whether it may be below 0
   */
  static boolean isAcceptable(byte[] data, int from, int to, boolean negative) {
    int i = from;
    boolean minus = i < to && data[i] == '-';
    if (i < to && (minus || data[i] == '+')) {
      i++;
    }
    int digits = 0;
    int significant = 0; // digits before the point, from the first that is not 0
    int leadingZeros = 0; // behind the point, before the first that is not 0
    boolean point = false;
    boolean zero = true;
    boolean one = true; // only a 1 and zeros
    for (; i < to && data[i] != 'e' && data[i] != 'E'; i++) {
      byte c = data[i];
      if (c == '.' && !point) {
        point = true;
        continue;
      }
      if (c < '0' || c > '9') {
        return false;
      }
      digits++;
      one &= c == '0' || (c == '1' && zero);
      zero &= c == '0';
      if (!zero && !point) {
        significant++;
      }
      if (zero && point) {
        leadingZeros++;
      }
    }
    if (digits == 0) {
      return false;
    }
    int exponent = 0;
    if (i < to) {
      exponent = exponent(data, i + 1, to);
    }
    if (exponent == Integer.MIN_VALUE || (minus && !negative && !zero)) {
      return false;
    }
    int power = (significant > 0 ? significant - 1 : -leadingZeros - 1) + exponent;
    return zero || power < LARGEST_POWER || (power == LARGEST_POWER && one);
  }

  /** The smallest integer when it is none; anything beyond a million is a million. */
  private static int exponent(byte[] data, int from, int to) {
    int i = from;
    boolean minus = i < to && data[i] == '-';
    if (i < to && (minus || data[i] == '+')) {
      i++;
    }
    if (i == to) {
      return Integer.MIN_VALUE;
    }
    int exponent = 0;
    for (; i < to; i++) {
      if (data[i] < '0' || data[i] > '9') {
        return Integer.MIN_VALUE;
      }
      exponent = Math.min(exponent * 10 + data[i] - '0', MANY);
    }
    return minus ? -exponent : exponent;
  }

  /**
   * How many samples one stands for at this sample rate, as the exporter counts them: 1 / rate,
   * rounded down.
   *
   * @return 0 if it is no decimal above 0 and up to 1; more than a thousand is a thousand and one
   */
  static int weight(byte[] data, int from, int to) {
    long billionths = 0;
    long unit = BILLION;
    boolean point = false;
    boolean more = false; // digits too small to count
    int digits = 0;
    for (int i = from; i < to; i++) {
      int digit = data[i] - '0';
      if (data[i] == '.' && !point) {
        point = true;
        continue;
      }
      if (digit < 0 || digit > 9) {
        return 0;
      }
      digits++;
      if (point) {
        unit /= 10;
        billionths += digit * unit;
        more |= unit == 0 && digit != 0;
      } else {
        billionths = billionths * 10 + digit * BILLION;
      }
      if (billionths > BILLION) {
        return 0;
      }
    }
    if (digits == 0 || (billionths == BILLION && more) || (billionths == 0 && !more)) {
      return 0;
    }
    return billionths == 0 ? TOO_MANY : (int) Math.min(BILLION / billionths, TOO_MANY);
  }
}
