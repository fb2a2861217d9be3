package dev.batchapi.runtime.protocol;

/** Shortens text to a number of bytes inside a JSON document. */
final class Truncation {
  private static final String MARK = "…";
  private static final int MARK_BYTES = 3;
  private static final String GAP = "\n…\n";
  private static final int GAP_BYTES = 7;

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

  /**
   * {@code text}, or as much of its beginning and of its end as fits with a mark between: a stack's
   * innermost line stands at one end of it, in one language or the other.
   */
  static String middle(String text, int bytes) {
    if (to(text, bytes).equals(text)) {
      return text;
    }
    int half = (bytes - GAP_BYTES) / 2;
    if (half <= MARK_BYTES) {
      return to(text, bytes);
    }
    int used = 0;
    int from = text.length();
    while (from > 0) {
      int codePoint = text.codePointBefore(from);
      used += jsonBytes(codePoint);
      if (used > half) {
        break;
      }
      from -= Character.charCount(codePoint);
    }
    String head = to(text, half + MARK_BYTES);
    return head.substring(0, head.length() - MARK.length()) + GAP + text.substring(from);
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
    if (Character.isSurrogate((char) codePoint) && codePoint < 0x10000) {
      return 6; // half a character, which is written escaped
    }
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
}
