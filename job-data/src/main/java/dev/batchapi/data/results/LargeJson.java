package dev.batchapi.data.results;

import dev.batchapi.contract.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.util.HexFormat;

/**
 * JSON that is too large for memory: in a file without a name, of which nothing is left behind
 * however the process ends. Written first, then read by any thread.
 */
public final class LargeJson implements AutoCloseable {
  // Not a channel: an interrupted thread would close it for all others.
  private final RandomAccessFile file;
  private long size;

  /** Takes one element of a list after the other. */
  public interface Elements {
    void element(int index, Part json) throws IOException;
  }

  private LargeJson(RandomAccessFile file) {
    this.file = file;
  }

  /** An empty one, in the folder for temporary files. */
  public static LargeJson create() throws IOException {
    var path = Files.createTempFile("batchapi-result", null);
    try {
      return new LargeJson(new RandomAccessFile(path.toFile(), "rw"));
    } finally {
      Files.delete(path);
    }
  }

  /** One that holds these bytes. */
  public static LargeJson of(byte[] json) throws IOException {
    var made = create();
    made.add(json, 0, json.length);
    return made;
  }

  /** Appends. */
  public synchronized void add(byte[] bytes, int offset, int length) throws IOException {
    file.seek(size);
    file.write(bytes, offset, length);
    size += length;
  }

  /** Appends whatever is written to it. */
  public OutputStream appending() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        add(bytes, offset, length);
      }
    };
  }

  /** In bytes. */
  public synchronized long size() {
    return size;
  }

  /** All of it. */
  public InputStream open() {
    return open(0, size());
  }

  private InputStream open(long from, long length) {
    return new InputStream() {
      private long position = from;
      private final long end = from + length;

      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int wanted) throws IOException {
        if (position >= end) {
          return wanted == 0 ? 0 : -1;
        }
        var n = readAt(position, into, offset, (int) Math.min(wanted, end - position));
        position += n;
        return n;
      }
    };
  }

  private synchronized int readAt(long position, byte[] into, int offset, int length)
      throws IOException {
    file.seek(position);
    var n = file.read(into, offset, length);
    if (n < 0) {
      throw new EOFException();
    }
    return n;
  }

  /** Of its bytes, in hexadecimal figures. */
  public String sha256() throws IOException {
    try (var in = new DigestInputStream(open(), Sha256.begin())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }
  }

  /**
   * Its elements, if it is a list. It must be JSON.
   *
   * @return how many there are; -1 if it is no list
   */
  public int elements(Elements to) throws IOException {
    try (var in = open()) {
      return ArrayElements.visit(
          in, (index, from, length) -> to.element(index, new Part(this, from, length)));
    }
  }

  /** The value without white space around it. */
  public Part value() throws IOException {
    var from = 0L;
    var end = size();
    var one = new byte[1];
    while (from < end && readAt(from, one, 0, 1) == 1 && ArrayElements.isSpace(one[0])) {
      from++;
    }
    while (end > from && readAt(end - 1, one, 0, 1) == 1 && ArrayElements.isSpace(one[0])) {
      end--;
    }
    return new Part(this, from, end - from);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One value in it.
   *
   * @param in the file
   * @param from its first byte
   * @param length in bytes
   */
  public record Part(LargeJson in, long from, long length) {
    /** Its bytes. */
    public InputStream open() {
      return in.open(from, length);
    }

    /** Writes it as it is. */
    public void to(OutputStream out) throws IOException {
      try (var json = open()) {
        json.transferTo(out);
      }
    }
  }
}
