package dev.batchapi.data.results;

import java.io.IOException;
import java.io.InputStream;

/**
 * Finds where the elements of a list in JSON stand, byte by byte and without keeping any: a parser
 * would hold a string of 64 MiB whole. Only of what is known to be JSON.
 */
final class ArrayElements {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final Visitor to;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int filled;
  private long read;

  private int depth;
  private int count;
  private long from = -1;
  private long end;

  /** Takes one element after the other. */
  interface Visitor {
    /**
     * Takes the next one.
     *
     * @param from its first byte
     * @param length in bytes, without white space around it
     */
    void element(int index, long from, long length) throws IOException;
  }

  private ArrayElements(InputStream in, Visitor to) {
    this.in = in;
    this.to = to;
  }

  /**
   * Visits all.
   *
   * @return how many there are; -1 if it is no list
   */
  static int visit(InputStream json, Visitor to) throws IOException {
    return new ArrayElements(json, to).all();
  }

  private int all() throws IOException {
    var first = next();
    while (isSpace(first)) {
      first = next();
    }
    if (first != '[') {
      return -1;
    }
    depth = 1;
    while (depth > 0) {
      step(next());
    }
    return count;
  }

  private void step(int b) throws IOException {
    switch (b) {
      case -1 -> throw new IOException("it ends in the middle of a list");
      case ' ', '\t', '\n', '\r' -> {}
      case '"' -> {
        begin();
        string();
        end = read;
      }
      case '[', '{' -> {
        begin();
        depth++;
      }
      case ']', '}' -> {
        depth--;
        if (depth == 0) {
          finish();
        }
        end = read;
      }
      case ',' -> {
        if (depth == 1) {
          finish();
        }
      }
      default -> {
        begin();
        end = read;
      }
    }
  }

  private void begin() {
    if (from < 0) {
      from = read - 1;
    }
  }

  private void finish() throws IOException {
    if (from >= 0) {
      to.element(count, from, end - from);
      count++;
      from = -1;
    }
  }

  private void string() throws IOException {
    for (var b = next(); b != '"'; b = next()) {
      if (b == '\\') {
        b = next();
      }
      if (b < 0) {
        throw new IOException("it ends in the middle of a text");
      }
    }
  }

  private int next() throws IOException {
    if (at == filled) {
      filled = in.read(buffer);
      at = 0;
      if (filled < 0) {
        filled = 0;
        return -1;
      }
    }
    read++;
    return buffer[at++] & 0xFF;
  }

  static boolean isSpace(int b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }
}
