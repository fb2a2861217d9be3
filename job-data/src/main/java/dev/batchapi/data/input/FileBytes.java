package dev.batchapi.data.input;

import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lines in a file. */
final class FileBytes implements Bytes {
  // Not a channel: an interrupted thread would close it for all others.
  private final RandomAccessFile file;

  private FileBytes(RandomAccessFile file) {
    this.file = file;
  }

  static FileBytes of(Path file) throws IOException {
    return new FileBytes(new RandomAccessFile(file.toFile(), "r"));
  }

  /** A copy without a name, of which nothing is left behind however the process ends. */
  static FileBytes copyOf(InputStream lines) throws IOException {
    var path = Files.createTempFile("batchapi-input", null);
    try {
      var file = new RandomAccessFile(path.toFile(), "rw");
      try (var out = new FileOutputStream(path.toFile())) {
        lines.transferTo(out);
      } catch (IOException e) {
        file.close();
        throw new IOException(
            "it is kept in %s meanwhile, and: %s".formatted(path.getParent(), e.getMessage()), e);
      }
      return new FileBytes(file);
    } finally {
      Files.delete(path);
    }
  }

  @Override
  public InputStream open() {
    return new InputStream() {
      private long position;

      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        synchronized (file) {
          file.seek(position);
          var n = file.read(into, offset, length);
          position += Math.max(n, 0);
          return n;
        }
      }
    };
  }

  @Override
  public byte[] read(long from, int length) throws IOException {
    var bytes = new byte[length];
    synchronized (file) {
      file.seek(from);
      try {
        file.readFully(bytes);
      } catch (EOFException e) {
        throw new IOException("the input file became shorter while it was in use", e);
      }
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
