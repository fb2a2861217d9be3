package dev.batchapi.queue.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a run keeps but rarely reads, such as its results: in a file, so that the heap does not grow
 * with it. The file has no name once it is open, so that nothing is left behind however the process
 * ends, unless it is a {@link Journal}'s. Thread-safe.
 */
final class Spool implements AutoCloseable {
  private final Path folder;
  // Not a channel: an interrupted thread would close it for all others.
  private @Nullable RandomAccessFile file;
  private long end;
  private boolean closed;

  /** Where something stands. */
  record Span(long from, int length) {
    static final Span EMPTY = new Span(0, 0);
  }

  /**
   * Opens nothing yet.
   *
   * @param folder in which the file is made, on a disk with room for all results
   */
  Spool(Path folder) {
    this.folder = folder;
  }

  /** One in a file with a name, which goes on where that ended. */
  static Spool named(Path folder, String name) throws IOException {
    var spool = new Spool(folder);
    var open = new RandomAccessFile(folder.resolve(name).toFile(), "rw");
    spool.file = open;
    spool.end = open.length();
    return spool;
  }

  /** Whether so much has been written. */
  synchronized boolean has(Span span) {
    return span.from >= 0 && span.length >= 0 && span.from + span.length <= end;
  }

  synchronized void clear() throws IOException {
    opened().setLength(0);
    end = 0;
  }

  /**
   * Appends.
   *
   * @throws UncheckedIOException if there is no room; the message names the folder
   */
  synchronized Span add(byte[] bytes) {
    if (bytes.length == 0) {
      return Span.EMPTY;
    }
    try {
      var out = opened();
      out.seek(end);
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The results can't be kept in %s: %s".formatted(folder, e.getMessage()), e);
    }
    var span = new Span(end, bytes.length);
    end += bytes.length;
    return span;
  }

  synchronized byte[] read(Span span) {
    var bytes = new byte[span.length];
    if (span.length > 0) {
      try {
        var in = opened();
        in.seek(span.from);
        in.readFully(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "The results kept in %s can't be read: %s".formatted(folder, e.getMessage()), e);
      }
    }
    return bytes;
  }

  private RandomAccessFile opened() throws IOException {
    if (closed) {
      throw new IOException("the queue is closed");
    }
    var open = file;
    if (open == null) {
      var path = Files.createTempFile(folder, "batchapi-results", null);
      try {
        open = new RandomAccessFile(path.toFile(), "rw");
      } finally {
        Files.deleteIfExists(path);
      }
      file = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
