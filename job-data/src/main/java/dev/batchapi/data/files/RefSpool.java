package dev.batchapi.data.files;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * Pieces that are written one after the other and then read in any order, in a file without a name:
 * nothing of it is left behind however the process ends. Written by one thread, read by any.
 */
final class RefSpool implements AutoCloseable {
  // Not a channel: an interrupted thread would close it for all others.
  private final RandomAccessFile file;
  private final OutputStream out;
  private long[] ends = new long[64];
  private int pieces;

  RefSpool() {
    try {
      var path = Files.createTempFile("batchapi-batches", null);
      try {
        file = new RandomAccessFile(path.toFile(), "r");
        out = new BufferedOutputStream(new FileOutputStream(path.toFile()), 1 << 16);
      } finally {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw noRoom(e);
    }
  }

  void add(byte[] piece) {
    try {
      out.write(piece);
    } catch (IOException e) {
      throw noRoom(e);
    }
    if (pieces == ends.length) {
      ends = Arrays.copyOf(ends, pieces * 2);
    }
    ends[pieces] = start(pieces) + piece.length;
    pieces++;
  }

  /** No piece comes any more; now they can be read. */
  void complete() {
    try {
      out.close();
    } catch (IOException e) {
      throw noRoom(e);
    }
  }

  byte[] read(int piece) {
    var bytes = new byte[Math.toIntExact(ends[piece] - start(piece))];
    try {
      synchronized (file) {
        file.seek(start(piece));
        file.readFully(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  private long start(int piece) {
    return piece == 0 ? 0 : ends[piece - 1];
  }

  private static UncheckedIOException noRoom(IOException e) {
    return new UncheckedIOException(
        "Where the files and batches of the input are can't be kept in %s: %s"
            .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
        e);
  }

  @Override
  public void close() {
    try (out) {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
