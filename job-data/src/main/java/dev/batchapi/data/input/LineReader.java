package dev.batchapi.data.input;

import dev.batchapi.contract.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a text, as bytes and with their places. A byte order mark at the start is passed over,
 * since Windows programs write one.
 */
public final class LineReader {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** As many as tell a format. */
  private static final int FORMAT_BYTES = 8;

  private final String name;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int filled;
  private byte[] line = new byte[1 << 12];
  private int length;
  private long start;
  private long next;
  private long textEnd;
  private long number;
  private boolean ended;
  private boolean tooLong;
  private boolean plain;

  /**
   * Reads a whole text.
   *
   * @param name what messages call it
   */
  public LineReader(String name, InputStream in) {
    this(name, in, 0);
  }

  /**
   * Reads on in the middle of a text.
   *
   * @param linesBefore how many lines are before the first byte of {@code in}
   */
  public LineReader(String name, InputStream in, long linesBefore) {
    this.name = name;
    this.in = in;
    this.number = linesBefore;
  }

  /**
   * Goes to the next line, the first one at first.
   *
   * @return whether there is one
   * @throws InputException if the text is of a format that has no lines
   */
  public boolean next() throws IOException {
    return next(null);
  }

  /**
   * The same of a text whose lines are JSON: most are found to be so while their end is looked for.
   *
   * @param json what checks the lines; null if nothing does
   */
  public boolean next(@Nullable JsonCheck json) throws IOException {
    if (ended) {
      return false;
    }
    start = next;
    length = 0;
    tooLong = false;
    plain = false;
    number++;
    while (true) {
      if (at == filled && !fill()) {
        ended = true;
        return length > 0 || tooLong;
      }
      var newline = json == null || next > start ? -1 : json.lineEnd(buffer, at, filled);
      plain = newline >= 0;
      if (!plain) {
        newline = Newlines.next(buffer, at, filled);
      }
      append(newline - at);
      textEnd = next;
      at = newline;
      if (newline < filled) {
        at++;
        next++;
        return true;
      }
    }
  }

  private boolean fill() throws IOException {
    at = 0;
    filled = in.readNBytes(buffer, 0, next == 0 ? FORMAT_BYTES : buffer.length);
    if (next == 0 && number == 1 && filled > 0) {
      FileFormat.of(Arrays.copyOf(buffer, filled))
          .ifPresent(
              format -> {
                throw new InputException("%s %s".formatted(name, format.sentence()));
              });
      if (filled >= BYTE_ORDER_MARK.length
          && Arrays.equals(buffer, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, 3)) {
        at = BYTE_ORDER_MARK.length;
        start = at;
        next = at;
        return at < filled || fill();
      }
    }
    return filled > 0;
  }

  private void append(int bytes) {
    next += bytes;
    if (length + bytes > Payload.MAX_BYTES) {
      tooLong = true;
      return;
    }
    if (length + bytes > line.length) {
      line = Arrays.copyOf(line, Math.max(line.length * 2, length + bytes));
    }
    System.arraycopy(buffer, at, line, length, bytes);
    length += bytes;
  }

  /** The line without its newline, from 0 to {@link #length}; until the next one is asked for. */
  public byte[] bytes() {
    return line;
  }

  /** How many bytes there are, without the newline. */
  public int length() {
    return length;
  }

  /**
   * Refuses a line that is longer than {@link Payload#MAX_BYTES}: it isn't kept whole.
   *
   * @throws InputException if it is
   */
  public void checkLength() {
    if (tooLong) {
      throw new InputException(
          "%s, line %d: the item has more than %,d bytes, which is the limit of a payload. Let items refer to the data instead of holding it."
              .formatted(name, number, Payload.MAX_BYTES));
    }
  }

  /** Where it starts, in bytes from the text's start. */
  public long start() {
    return start;
  }

  /** Where it ends, without its newline. */
  public long textEnd() {
    return textEnd;
  }

  /** Where it ends, its newline included. */
  public long end() {
    return next;
  }

  /** Its number, from 1. */
  public long number() {
    return number;
  }

  /** Whether it is known to be JSON, and no more has to be looked at. */
  boolean isPlain() {
    return plain;
  }

  /** Whether there is nothing but white space. */
  public boolean blank() {
    return blank(line, 0, length) && !tooLong;
  }

  /** Whether there is nothing but white space from here to there, which may be nothing at all. */
  static boolean blank(byte[] bytes, int from, int end) {
    for (var i = from; i < end; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
