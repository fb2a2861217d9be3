package dev.batchapi.runtime.host;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Collects a result and stops its writer as soon as it is too long. Used again for every result.
 */
final class BoundedBytes extends OutputStream {
  private static final int FIRST = 4096;
  private static final int KEPT = 1 << 20;

  private final int limit;
  private byte[] bytes = new byte[FIRST];
  private int size;

  BoundedBytes(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int b) throws ResultTooLargeException {
    reserve(1);
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte[] source, int offset, int length) throws ResultTooLargeException {
    reserve(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  private void reserve(int length) throws ResultTooLargeException {
    if (length > limit - size) {
      throw new ResultTooLargeException(limit);
    }
    if (length > bytes.length - size) {
      bytes =
          Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(size + length, 2L * bytes.length)));
    }
  }

  /** Writes what was written since {@link #clear} to another one. */
  void copyTo(BoundedBytes other) throws ResultTooLargeException {
    other.write(bytes, 0, size);
  }

  /** How many bytes there may be. */
  int limit() {
    return limit;
  }

  /** JSON's null is no result, whoever wrote it. */
  boolean isNull() {
    return size == 4 && bytes[0] == 'n';
  }

  void clear() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[FIRST]; // one large result is no reason to hold its room for ever
    }
  }

  /** What was written since {@link #clear}; valid until then. */
  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, size);
  }
}
