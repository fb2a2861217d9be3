package dev.batchapi.data.files;

import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.FileFormat;
import dev.batchapi.data.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * CSV on its way to the parser; notes at which byte and line each row starts and ends, which the
 * parser doesn't say. Empty lines are no rows. A byte order mark is passed over.
 */
final class CsvRows extends InputStream {
  private enum In {
    START_OF_FIELD,
    FIELD,
    QUOTES,
    QUOTE_IN_QUOTES
  }

  /** A row's place: bytes from the start of the stream, without the line end. */
  record Row(long start, long end, long line) {}

  private static final int FORMAT_BYTES = 8;

  private final String name;
  private final InputStream in;
  private final byte delimiter;
  private final boolean whole;
  private final Queue<Row> rows = new ArrayDeque<>();
  private In state = In.START_OF_FIELD;
  private boolean afterCarriageReturn;
  private long position;
  private long line;
  private long rowStart;
  private long rowLine;
  private long quoteLine;

  /**
   * @param linesBefore how many of the file's lines are before the first byte
   * @param whole whether the end of the stream is the end of a row
   */
  CsvRows(String name, InputStream in, char delimiter, long linesBefore, boolean whole) {
    this.name = name;
    this.in = in;
    this.delimiter = (byte) delimiter;
    this.line = linesBefore + 1;
    this.rowLine = line;
    this.whole = whole;
  }

  /** The next row that the parser was given, whole; null if there is none. */
  Row poll() {
    return rows.poll();
  }

  /** The line that the row being read starts in. */
  long line() {
    var row = rows.peek();
    return row == null ? rowLine : row.line();
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == 0 && length >= FORMAT_BYTES) {
      return start(into, offset);
    }
    var n = in.read(into, offset, length);
    if (n < 0) {
      end();
      return -1;
    }
    scan(into, offset, n);
    return n;
  }

  private int start(byte[] into, int offset) throws IOException {
    var start = in.readNBytes(FORMAT_BYTES);
    if (line == 1) {
      FileFormat.of(start)
          .ifPresent(
              format -> {
                throw new InputException("%s %s".formatted(name, format.sentence()));
              });
      if (start.length >= 3
          && start[0] == (byte) 0xEF
          && start[1] == (byte) 0xBB
          && start[2] == (byte) 0xBF) {
        start = Arrays.copyOfRange(start, 3, start.length);
        position = 3;
        rowStart = 3;
      }
    }
    if (start.length == 0) {
      end();
      return -1;
    }
    System.arraycopy(start, 0, into, offset, start.length);
    scan(into, offset, start.length);
    return start.length;
  }

  private void scan(byte[] bytes, int offset, int n) {
    for (var i = offset; i < offset + n; i++, position++) {
      var b = bytes[i];
      if (afterCarriageReturn) {
        afterCarriageReturn = false;
        if (b == '\n') {
          if (state != In.QUOTES) {
            rowStart = position + 1;
          }
          continue;
        }
      }
      if (b == '\n' || b == '\r') {
        afterCarriageReturn = b == '\r';
        line++;
        if (state != In.QUOTES) {
          endRow();
          rowStart = position + 1;
          rowLine = line;
        }
      } else if (state == In.QUOTES) {
        state = b == '"' ? In.QUOTE_IN_QUOTES : In.QUOTES;
      } else if (b == delimiter) {
        state = In.START_OF_FIELD;
      } else if (b == '"' && state == In.START_OF_FIELD) {
        state = In.QUOTES;
        quoteLine = line;
      } else if (b == '"' && state == In.QUOTE_IN_QUOTES) {
        state = In.QUOTES;
      } else {
        state = In.FIELD;
      }
    }
    if (position - rowStart > Payload.MAX_BYTES) {
      throw new InputException(
          "%s, line %d: the row has more than %,d bytes, which is the limit of a payload%s"
              .formatted(
                  name,
                  rowLine,
                  Payload.MAX_BYTES,
                  state == In.QUOTES
                      ? ". The quote in line %d is perhaps not closed.".formatted(quoteLine)
                      : "."));
    }
  }

  private void endRow() {
    if (position > rowStart) {
      rows.add(new Row(rowStart, position, rowLine));
    }
    state = In.START_OF_FIELD;
  }

  private void end() {
    if (whole && state == In.QUOTES) {
      throw new InputException(
          "%s, line %d: a quote is opened there and never closed.".formatted(name, quoteLine));
    }
    endRow();
    rowStart = position;
  }
}
