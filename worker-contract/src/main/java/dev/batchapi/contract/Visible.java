package dev.batchapi.contract;

import java.util.regex.Pattern;

/** Text of others that is shown among our own. */
public final class Visible {
  /**
   * What clears a screen, renames a window or turns a line around, and ends of lines unlike the
   * usual one.
   */
  private static final Pattern STEERING =
      Pattern.compile("[\\p{Cc}&&[^\\n\\t]]|[\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]");

  private Visible() {}

  /**
   * The text with each character that steers a terminal written as its number; lines and tabs stay.
   */
  public static String text(String text) {
    return isPlain(text) ? text : steeringShown(text);
  }

  /** Of nearly all texts, which are many: each line of results has a name in it. */
  private static boolean isPlain(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static String steeringShown(String text) {
    return STEERING
        .matcher(text)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }

  /** The same of what is one line, such as a name: it ends no line and has no tabs either. */
  public static String line(String text) {
    return text(text).replace("\n", "\\u000a").replace("\t", "\\u0009");
  }
}
