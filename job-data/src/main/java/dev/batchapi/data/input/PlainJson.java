package dev.batchapi.data.input;

/**
 * Tells plain JSON from what has to be looked at closely, without making anything of it: five times
 * as fast as a parser with the JVM's first compiler. Plain is a value in UTF-8 without exponents
 * that is not nested deeply (RFC 8259 otherwise). What isn't plain may be JSON or not. Not
 * thread-safe.
 */
final class PlainJson {
  private static final long QUOTES = EightBytes.all('"');
  private static final long BACKSLASHES = EightBytes.all('\\');
  private static final long SPACES = EightBytes.all(' ');

  /** Far less than any parser refuses. */
  private static final int DEEPEST = 60;

  private static final int LONGEST_NUMBER = 300;
  private static final int LONGEST_NAME = 1000;

  private byte[] json = {};
  private int at;
  private int end;

  /**
   * Whether it is one value, and plain.
   *
   * @param end behind its last byte
   */
  boolean isPlain(byte[] bytes, int from, int end) {
    return goesOverOne(bytes, from, end) && at == end;
  }

  /**
   * The end of a line that is one value, and plain. No newline stands in a plain value, so that
   * none has to be looked for.
   *
   * @param from where the line begins
   * @param end behind the last byte that there is
   * @return the position of its newline; -1 if it is not plain, or has none before the end
   */
  int lineEnd(byte[] bytes, int from, int end) {
    return goesOverOne(bytes, from, end) && at < end && json[at] == '\n' ? at : -1;
  }

  private boolean goesOverOne(byte[] bytes, int from, int end) {
    json = bytes;
    at = from;
    this.end = end;
    space();
    if (!value(0)) {
      return false;
    }
    space();
    return true;
  }

  private boolean value(int depth) {
    if (at >= end) {
      return false;
    }
    return switch (json[at]) {
      case '"' -> string();
      case '{' -> depth < DEEPEST && object(depth + 1);
      case '[' -> depth < DEEPEST && array(depth + 1);
      case 't' -> word('r', 'u', 'e');
      case 'f' -> at + 1 < end && json[++at] == 'a' && word('l', 's', 'e');
      case 'n' -> word('u', 'l', 'l');
      default -> number();
    };
  }

  private boolean object(int depth) {
    at++;
    space();
    if (skip('}')) {
      return true;
    }
    do {
      space();
      var name = at;
      if (at >= end || json[at] != '"' || !string() || at - name > LONGEST_NAME) {
        return false;
      }
      space();
      if (!skip(':')) {
        return false;
      }
      space();
      if (!value(depth)) {
        return false;
      }
      space();
    } while (skip(','));
    return skip('}');
  }

  private boolean array(int depth) {
    at++;
    space();
    if (skip(']')) {
      return true;
    }
    do {
      space();
      if (!value(depth)) {
        return false;
      }
      space();
    } while (skip(','));
    return skip(']');
  }

  /** From its first quote to behind its last. */
  private boolean string() {
    at++;
    while (true) {
      ascii();
      if (at >= end) {
        return false;
      }
      var stop = json[at];
      if (stop == '"') {
        at++;
        return true;
      }
      if (!(stop == '\\' ? escape() : character())) {
        return false;
      }
    }
  }

  /** Goes over what stands in a string as it is and has one byte. */
  private void ascii() {
    while (at < end && at % Long.BYTES != 0 && isAscii(json[at])) {
      at++;
    }
    while (at + Long.BYTES <= end) {
      var stops = stops(EightBytes.at(json, at));
      if (stops != 0) {
        at += EightBytes.first(stops);
        return;
      }
      at += Long.BYTES;
    }
    while (at < end && isAscii(json[at])) {
      at++;
    }
  }

  private static boolean isAscii(byte b) {
    return b >= ' ' && b != '"' && b != '\\';
  }

  /** Marks where that ends: a quote, a backslash, a control character, or none of ASCII. */
  private static long stops(long eight) {
    return (EightBytes.sameAscii(eight, QUOTES)
            | EightBytes.sameAscii(eight, BACKSLASHES)
            | EightBytes.lessAscii(eight, SPACES)
            | eight)
        & EightBytes.MARKS;
  }

  private boolean escape() {
    at++;
    if (at >= end) {
      return false;
    }
    return switch (json[at++]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
      case 'u' -> hex();
      default -> false;
    };
  }

  private boolean hex() {
    for (var behind = at + 4; at < behind; at++) {
      if (at >= end || Character.digit(json[at], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** A character of several bytes, as short as can be and no surrogate (RFC 3629, 4). */
  private boolean character() {
    var lead = json[at++] & 0xFF;
    if (lead < 0xC2 || lead > 0xF4) {
      return false;
    }
    var lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    var highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (!next(lowest, highest)) {
      return false;
    }
    return lead < 0xE0 || (next(0x80, 0xBF) && (lead < 0xF0 || next(0x80, 0xBF)));
  }

  private boolean next(int lowest, int highest) {
    if (at >= end) {
      return false;
    }
    var b = json[at++] & 0xFF;
    return b >= lowest && b <= highest;
  }

  private boolean number() {
    var from = at;
    skip('-');
    if (!skip('0') && !digits()) {
      return false;
    }
    if (skip('.') && !digits()) {
      return false;
    }
    // An exponent may make it too large; what follows otherwise is the caller's to look at.
    return at - from <= LONGEST_NUMBER && !(at < end && (json[at] == 'e' || json[at] == 'E'));
  }

  private boolean digits() {
    var from = at;
    while (at < end && json[at] >= '0' && json[at] <= '9') {
      at++;
    }
    return at > from;
  }

  private boolean word(char second, char third, char fourth) {
    at++;
    return skip(second) && skip(third) && skip(fourth);
  }

  private boolean skip(char wanted) {
    if (at < end && json[at] == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void space() {
    while (at < end && (json[at] == ' ' || json[at] == '\t' || json[at] == '\r')) {
      at++;
    }
  }
}
