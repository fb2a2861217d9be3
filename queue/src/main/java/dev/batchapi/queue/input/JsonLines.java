package dev.batchapi.queue.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Items as JSON lines: one JSON value per line, blank lines don't count. Everything is checked when
 * it is opened; of the data only the batches' positions are kept, so that a file of any size costs
 * 8 bytes of memory per batch.
 */
public final class JsonLines implements Input {
  private static final JsonFactory JSON = new JsonFactory();

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final Bytes source;
  private final int items;
  private final int batchSize;

  /** Where each batch starts; one more than there are batches. */
  private final long[] starts;

  /** Random access to the lines. */
  private interface Bytes extends AutoCloseable {
    InputStream open() throws IOException;

    byte[] read(long from, int length) throws IOException;

    @Override
    void close() throws IOException;
  }

  private JsonLines(String name, Bytes source, int batchSize) {
    this.source = source;
    this.batchSize = batchSize;
    var scan = new Scan(name, batchSize);
    try (var in = source.open()) {
      scan.run(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.items = scan.items;
    this.starts = Arrays.copyOf(scan.starts, Math.ceilDiv(items, batchSize) + 1);
    this.starts[starts.length - 1] = scan.position;
  }

  /**
   * Reads lines that are in memory.
   *
   * @param name what messages call the input, such as {@code ConfigMap "digits", key
   *     "digits.jsonl"}
   * @throws InputException if a line is no JSON, or a batch too large, or there is no item
   */
  public static JsonLines of(String name, byte[] lines, int batchSize) {
    return new JsonLines(
        name,
        new Bytes() {
          @Override
          public InputStream open() {
            return new ByteArrayInputStream(lines);
          }

          @Override
          public byte[] read(long from, int length) {
            return Arrays.copyOfRange(lines, (int) from, (int) from + length);
          }

          @Override
          public void close() {}
        },
        batchSize);
  }

  /** The input {@code {items: […]}}: each item is one JSON value, already written as JSON. */
  public static JsonLines ofItems(List<String> items, int batchSize) {
    return of(
        "spec.input.items", String.join("\n", items).getBytes(StandardCharsets.UTF_8), batchSize);
  }

  /**
   * Reads lines from a file, which must not change while the input is in use.
   *
   * @throws InputException if a line is no JSON, or a batch too large, or there is no item
   * @throws UncheckedIOException if the file can't be read
   */
  public static JsonLines ofFile(Path file, int batchSize) {
    try {
      var channel = FileChannel.open(file);
      return new JsonLines(file.toString(), new FileBytes(file, channel), batchSize);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int items() {
    return items;
  }

  @Override
  public int batchSize() {
    return batchSize;
  }

  @Override
  public byte[] payload(int index) {
    try {
      var length = Math.toIntExact(starts[index + 1] - starts[index]);
      return array(source.read(starts[index], length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines as a JSON array. */
  private static byte[] array(byte[] lines) {
    var out = new ByteArrayOutputStream(lines.length + 2);
    out.write('[');
    for (int from = 0, to; from < lines.length; from = to + 1) {
      to = from;
      while (to < lines.length && lines[to] != '\n') {
        to++;
      }
      if (!blank(lines, from, to)) {
        if (out.size() > 1) {
          out.write(',');
        }
        out.write(lines, from, to - from);
      }
    }
    out.write(']');
    return out.toByteArray();
  }

  private static boolean blank(byte[] line, int from, int to) {
    for (var i = from; i < to; i++) {
      if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  /** One pass over the lines that checks them and notes where batches start. */
  private static final class Scan {
    private final String name;
    private final int batchSize;
    private byte[] line = new byte[1 << 12];
    private long[] starts = new long[64];
    private long position;
    private long lineNumber;
    private long batchBytes;
    private int items;

    private Scan(String name, int batchSize) {
      this.name = name;
      this.batchSize = batchSize;
    }

    private void run(InputStream in) throws IOException {
      var buffer = new byte[1 << 16];
      var length = 0;
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
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

    private void append(int at, byte b) {
      if (at == Input.MAX_PAYLOAD_BYTES) {
        throw new InputException(
            "%s, line %d: the item has more than %,d bytes, which is the limit of a payload. Let items refer to the data instead of holding it."
                .formatted(name, lineNumber + 1, Input.MAX_PAYLOAD_BYTES));
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
      if (!blank(line, 0, length)) {
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
        if (batchBytes > Input.MAX_PAYLOAD_BYTES) {
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
        parser.nextToken();
        parser.skipChildren();
        if (parser.nextToken() != null) {
          throw new InputException(
              "%s, line %d, column %d: more than one JSON value on the line."
                  .formatted(name, lineNumber, parser.currentTokenLocation().getColumnNr()));
        }
      } catch (JsonEOFException e) {
        throw new InputException(
            "%s, line %d is not complete JSON; each line must hold one whole JSON value."
                .formatted(name, lineNumber));
      } catch (JsonParseException e) {
        throw new InputException(
            "%s, line %d, column %d is not JSON: %s"
                .formatted(
                    name, lineNumber, e.getLocation().getColumnNr(), e.getOriginalMessage()));
      } catch (IOException e) {
        throw new InputException(
            "%s, line %d is not UTF-8 text: %s".formatted(name, lineNumber, e.getMessage()));
      }
    }
  }

  /** A file, read at any position from any thread. */
  private record FileBytes(Path file, FileChannel channel) implements Bytes {
    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(file);
    }

    @Override
    public byte[] read(long from, int length) throws IOException {
      var bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, from + bytes.position()) < 0) {
          throw new IOException("the input file became shorter while it was in use");
        }
      }
      return bytes.array();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
