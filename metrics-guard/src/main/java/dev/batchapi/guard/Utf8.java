package dev.batchapi.guard;

import dev.batchapi.metrics.WireRules;

/** Text as bytes. */
final class Utf8 {
  private Utf8() {}

  /**
   * Whether this is well-formed UTF-8, of signs that a tag's value may have.
   *
   * @param maxLength in UTF-16 units
   */
  static boolean isHarmless(byte[] data, int from, int to, int maxLength) {
    int length = 0;
    int i = from;
    while (i < to) {
      int first = data[i];
      int width = first >= 0 ? 1 : width(first & 0xff);
      if (width == 0 || i + width > to) {
        return false;
      }
      int codePoint = width == 1 ? first : first & (0x7f >> width);
      for (int k = 1; k < width; k++) {
        if ((data[i + k] & 0xc0) != 0x80) {
          return false;
        }
        codePoint = codePoint << 6 | (data[i + k] & 0x3f);
      }
      if (isTooLong(codePoint, width)
          || codePoint > Character.MAX_CODE_POINT
          || !WireRules.isInTagValues(codePoint)) {
        return false;
      }
      length += Character.charCount(codePoint);
      i += width;
    }
    return length <= maxLength;
  }

  private static int width(int first) {
    if (first >= 0xf0) {
      return first <= 0xf4 ? 4 : 0;
    }
    return first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  }

  /** Whether fewer bytes would do, by which separators and controls could be hidden. */
  private static boolean isTooLong(int codePoint, int width) {
    return switch (width) {
      case 3 -> codePoint < 0x800;
      case 4 -> codePoint < 0x10000;
      default -> false;
    };
  }
}
