package dev.batchapi.data.input;

import dev.batchapi.contract.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.List;

/**
 * Items as JSON lines: one JSON value per line, blank lines don't count. Everything is checked when
 * it is opened; of the data only the batches' positions are kept, so that a file of any size costs
 * 8 bytes of memory per batch.
 */
public final class JsonLines implements Input {
  private final Bytes source;
  private final int items;
  private final int batchSize;

  /** Where each batch starts; one more than there are batches. */
  private final long[] starts;

  private JsonLines(String name, Bytes source, int batchSize, boolean quoting) {
    this.source = source;
    this.batchSize = batchSize;
    var scan = new Scan(name, batchSize, quoting);
    try (var in = source.open()) {
      scan.run(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.items = scan.items();
    this.starts = scan.starts();
  }

  /**
   * Reads lines that are in memory.
   *
   * @param name what messages call the input, such as {@code ConfigMap "digits", key
   *     "digits.jsonl"}
   * @throws InputException if a line is no JSON, or a batch too large, or there is no item
   */
  public static JsonLines of(String name, byte[] lines, int batchSize) {
    return new JsonLines(name, new HeapBytes(lines), batchSize, true);
  }

  /**
   * The same, for somebody who may not read the lines: messages say where a mistake is, and not
   * what stands there.
   */
  public static JsonLines unquoted(String name, byte[] lines, int batchSize) {
    return new JsonLines(name, new HeapBytes(lines), batchSize, false);
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
      return of(file.toString(), FileBytes.of(file), batchSize);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads lines from what can be read only once, such as a pipe: they are kept in a file without a
   * name until the input is closed.
   *
   * @param name what messages call the input
   * @throws InputException if a line is no JSON, or a batch too large, or there is no item
   * @throws UncheckedIOException if it can't be read, or there is no room for it
   */
  public static JsonLines ofStream(String name, InputStream lines, int batchSize) {
    try {
      return of(name, FileBytes.copyOf(lines), batchSize);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonLines of(String name, Bytes bytes, int batchSize) {
    try {
      return new JsonLines(name, bytes, batchSize, true);
    } catch (RuntimeException e) {
      try (bytes) {
        throw e;
      } catch (IOException closing) {
        e.addSuppressed(closing);
        throw e;
      }
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
  public String fingerprint() {
    try (var lines = new DigestInputStream(source.open(), Sha256.begin())) {
      lines.transferTo(OutputStream.nullOutputStream());
      return "sha256 " + HexFormat.of().formatHex(lines.getMessageDigest().digest());
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
    try {
      var array = new JsonArray(lines.length + 2);
      array.lines(new ByteArrayInputStream(lines), lines.length);
      return array.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // which memory never throws
    }
  }
}
