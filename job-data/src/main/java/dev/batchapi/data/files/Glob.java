package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import java.util.regex.Pattern;

/**
 * A pattern for URLs and paths: {@code *} and {@code ?} stay within a folder, {@code **} crosses
 * folders, as a whole name in a path also none, {@code {a,b}} is either, {@code [a-z]} and {@code
 * [!a-z]} are one character, and a backslash takes a character as it is. The JDK's own would make
 * {@code a/b} of {@code a//b}, which in an object store is another file.
 */
final class Glob {
  private final String text;
  private final StringBuilder regex = new StringBuilder();
  private final StringBuilder prefix = new StringBuilder();
  private boolean literal = true;
  private int folders = 1;
  private int braces;
  private int at;
  private final Pattern pattern;

  private Glob(String text) {
    this.text = text;
    while (at < text.length()) {
      step(text.charAt(at++));
    }
    if (braces > 0) {
      throw new InputException(
          "%s: a { is never closed; write \\{ for the character.".formatted(text));
    }
    this.pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /**
   * Reads a pattern.
   *
   * @throws InputException if a bracket is never closed
   */
  static Glob of(String text) {
    return new Glob(text);
  }

  /** Whether it means just one URL: {@link #prefix}. */
  boolean literal() {
    return literal;
  }

  /** What everything that it matches starts with. */
  String prefix() {
    return prefix.toString();
  }

  /** How many levels below the last {@code /} of {@link #prefix} a match may be, at most. */
  int folders() {
    return folders;
  }

  boolean matches(String url) {
    return pattern.matcher(url).matches();
  }

  private void step(char c) {
    switch (c) {
      case '*' -> {
        special();
        if (at < text.length() && text.charAt(at) == '*') {
          anyFolders();
        } else {
          regex.append("[^/]*");
        }
      }
      case '?' -> {
        special();
        regex.append("[^/]");
      }
      case '[' -> {
        special();
        bracket();
      }
      case '{' -> {
        special();
        braces++;
        regex.append("(?:");
      }
      case '\\' -> take(at < text.length() ? text.charAt(at++) : c);
      case '}', ',' -> alternative(c);
      default -> take(c);
    }
  }

  /** Two stars that are a whole name in a path may be no folder, as in shells with globstar. */
  private void anyFolders() {
    folders = Integer.MAX_VALUE;
    var isStart = at == 1 || text.charAt(at - 2) == '/';
    at++;
    if (isStart && at < text.length() && text.charAt(at) == '/') {
      at++;
      regex.append("(?:.*/)?");
    } else {
      regex.append(".*");
    }
  }

  private void alternative(char c) {
    if (braces == 0) {
      take(c);
    } else if (c == ',') {
      regex.append('|');
    } else {
      braces--;
      regex.append(')');
    }
  }

  private void special() {
    literal = false;
  }

  private void take(char c) {
    if (literal) {
      prefix.append(c);
    } else if (c == '/' && folders < Integer.MAX_VALUE) {
      folders++;
    }
    if ("\\^$.|?*+()[]{}&-".indexOf(c) >= 0) {
      regex.append('\\');
    }
    regex.append(c);
  }

  private void bracket() {
    var close = text.indexOf(']', at + 1);
    if (close < 0) {
      throw new InputException(
          "%s: a [ is never closed; write \\[ for the character.".formatted(text));
    }
    var set = text.substring(at, close);
    at = close + 1;
    regex.append("(?!/)[");
    if (set.startsWith("!") || set.startsWith("^")) {
      regex.append('^');
      set = set.substring(1);
    }
    for (var i = 0; i < set.length(); i++) {
      var c = set.charAt(i);
      regex.append("\\^[]&".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c));
    }
    regex.append(']');
    // A range such as z-a is a mistake of who wrote it.
    try {
      Pattern.compile(regex.substring(regex.lastIndexOf("(?!/)[")));
    } catch (java.util.regex.PatternSyntaxException e) {
      throw new InputException("%s: [%s] is no set of characters.".formatted(text, set));
    }
  }
}
