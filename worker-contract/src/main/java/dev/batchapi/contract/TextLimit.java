package dev.batchapi.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Shortens text to a number of bytes in UTF-8, between two characters. */
public final class TextLimit {
  private static final String MARK = "…";
  private static final String GAP = "\n…\n";

  private TextLimit() {}

  /**
   * The text, or as much of its beginning as fits with a mark after it.
   *
   * @param bytes at most so many in UTF-8, at least 3
   */
  public static String beginning(String text, int bytes) {
    var all = text.getBytes(UTF_8);
    return all.length <= bytes ? text : head(all, bytes - MARK.getBytes(UTF_8).length) + MARK;
  }

  /**
   * The text, or as much of its beginning and of its end as fits with a mark between: of a stack's
   * two ends one is the author's innermost line, in one language or the other.
   *
   * @param bytes at most so many in UTF-8, at least 5
   */
  public static String bothEnds(String text, int bytes) {
    var all = text.getBytes(UTF_8);
    if (all.length <= bytes) {
      return text;
    }
    var half = (bytes - GAP.getBytes(UTF_8).length) / 2;
    var from = all.length - half;
    while (from < all.length && isInside(all[from])) {
      from++;
    }
    return head(all, half) + GAP + new String(all, from, all.length - from, UTF_8);
  }

  private static String head(byte[] all, int bytes) {
    var end = bytes;
    while (isInside(all[end])) {
      end--;
    }
    return new String(all, 0, end, UTF_8);
  }

  /** Whether a byte goes on with a character that began before it. */
  private static boolean isInside(byte one) {
    return (one & 0xC0) == 0x80;
  }
}
