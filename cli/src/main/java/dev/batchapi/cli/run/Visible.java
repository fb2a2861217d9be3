package dev.batchapi.cli.run;

import java.util.regex.Pattern;

/** Text of others that is shown among our own. */
final class Visible {
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
  static String text(String text) {
    return STEERING
        .matcher(text)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }
}
