package dev.batchapi.data.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.batchapi.contract.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** One pass over JSON lines that checks them and notes where batches start. */
final class Scan {
  private static final JsonFactory JSON = new JsonFactory();

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** A number of fewer characters, without an exponent, is in the range of a double. */
  private static final int LARGEST_EXPONENT = 308;

  private final String name;
  private final int batchSize;
  private final boolean quoting;
  private byte[] line = new byte[1 << 12];
  private long[] starts = new long[64];
  private long position;
  private long lineNumber;
  private long batchBytes;
  private int items;

  /**
   * @param name what messages call the input
   * @param batchSize items per batch, at least 1
   * @param quoting whether messages may say what stands in the lines
   */
  Scan(String name, int batchSize, boolean quoting) {
    this.name = name;
    this.batchSize = batchSize;
    this.quoting = quoting;
  }

  int items() {
    return items;
  }

  /** Where each batch starts, and at last where the last one ends. */
  long[] starts() {
    var batches = Math.ceilDiv(items, batchSize);
    var all = Arrays.copyOf(starts, batches + 1);
    all[batches] = position;
    return all;
  }

  void run(InputStream in) throws IOException {
    var buffer = new byte[1 << 16];
    var length = 0;
    var first = true;
    for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (first) {
        refuseOtherFormats(Arrays.copyOf(buffer, Math.min(n, 8)));
        first = false;
      }
      for (var i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          item(length, 1);
          length = 0;
        } else {
          append(length++, buffer[i]);
        }
      }
    }
    item(length, 0);
    if (items == 0) {
      throw new InputException(
          "%s has no items: it needs one JSON value per line.".formatted(name));
    }
  }

  private void refuseOtherFormats(byte[] start) {
    FileFormat.of(start)
        .ifPresent(
            format -> {
              throw new InputException("%s %s".formatted(name, format.sentence()));
            });
  }

  private void append(int at, byte b) {
    if (at == Payload.MAX_BYTES) {
      throw new InputException(
          "%s, line %d: the item has more than %,d bytes, which is the limit of a payload. Let items refer to the data instead of holding it."
              .formatted(name, lineNumber + 1, Payload.MAX_BYTES));
    }
    if (at == line.length) {
      line = Arrays.copyOf(line, at * 2);
    }
    line[at] = b;
  }

  private void item(int bytes, int newline) {
    lineNumber++;
    var length = bytes;
    if (lineNumber == 1 && startsWithByteOrderMark(length)) {
      // Windows programs write one; it is no part of the first item.
      length -= BYTE_ORDER_MARK.length;
      System.arraycopy(line, BYTE_ORDER_MARK.length, line, 0, length);
      position += BYTE_ORDER_MARK.length;
    }
    if (!JsonLines.blank(line, 0, length)) {
      check(length);
      if (items % batchSize == 0) {
        var batch = items / batchSize;
        if (batch + 1 >= starts.length) {
          starts = Arrays.copyOf(starts, starts.length * 2);
        }
        starts[batch] = position;
        batchBytes = 1;
      }
      items = Math.incrementExact(items);
      batchBytes += length + 1;
      if (batchBytes > Payload.MAX_BYTES) {
        throw InputException.tooLarge(
            (items - 1) / batchSize, "%s, up to line %d".formatted(name, lineNumber), batchBytes);
      }
    }
    position += length + newline;
  }

  private boolean startsWithByteOrderMark(int length) {
    return length >= BYTE_ORDER_MARK.length
        && Arrays.equals(
            line, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
  }

  private void check(int length) {
    try (var parser = JSON.createParser(line, 0, length)) {
      var depth = 0;
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
          checkRange(parser);
        }
        if (depth == 0) {
          break;
        }
      }
      if (parser.nextToken() != null) {
        throw new InputException(
            "%s, line %d, column %d: more than one JSON value on the line."
                .formatted(name, lineNumber, parser.currentTokenLocation().getColumnNr()));
      }
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s, line %d%s".formatted(name, lineNumber, JsonMistake.sentence(e, quoting)));
    } catch (IOException e) {
      throw new InputException(
          "%s, line %d is not UTF-8 text: %s".formatted(name, lineNumber, e.getMessage()));
    }
  }

  /** Python would make infinity of it, Java an error, Kubernetes neither. */
  private void checkRange(JsonParser parser) throws IOException {
    var text = parser.getTextCharacters();
    var from = parser.getTextOffset();
    var large = parser.getTextLength() > LARGEST_EXPONENT;
    for (var i = from; i < from + parser.getTextLength() && !large; i++) {
      large = text[i] == 'e' || text[i] == 'E';
    }
    if (large && Double.isInfinite(parser.getDoubleValue())) {
      throw new InputException(
          "%s, line %d, column %d: %s is beyond the range of a number; put it in quotes."
              .formatted(
                  name,
                  lineNumber,
                  parser.currentTokenLocation().getColumnNr(),
                  quoting ? parser.getText() : "a number"));
    }
  }
}
