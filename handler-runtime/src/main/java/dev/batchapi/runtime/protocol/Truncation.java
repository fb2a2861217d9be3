package dev.batchapi.runtime.protocol;

/** Shortens text to a number of bytes inside a JSON document. */
final class Truncation {
  private static final String MARK = "…";
  private static final int MARK_BYTES = 3;

  private Truncation() {}

  /** {@code text}, or as much from its beginning as fits with a mark after it. */
  static String to(String text, int bytes) {
    int used = 0;
    int fits = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      used += jsonBytes(codePoint);
      i += Character.charCount(codePoint);
      if (used <= bytes - MARK_BYTES) {
        fits = i;
      }
      if (used > bytes) {
        return bytes < MARK_BYTES ? "" : text.substring(0, fits) + MARK;
      }
    }
    return text;
  }

  private static int jsonBytes(int codePoint) {
    if (codePoint < 0x20) {
      return switch (codePoint) {
        case '\b', '\t', '\n', '\f', '\r' -> 2;
        default -> 6;
      };
    }
    if (codePoint == '"' || codePoint == '\\') {
      return 2;
    }
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
}
