package dev.batchapi.data.input;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;

/** Lines that are in memory already. */
final class HeapBytes implements Bytes {
  private final byte[] lines;

  HeapBytes(byte[] lines) {
    this.lines = lines;
  }

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
}
