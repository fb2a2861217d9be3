package dev.batchapi.data.parquet;

import java.io.InputStream;

/**
 * The bytes of one column in a group of rows, in requests of one block each: no connection stays
 * open while rows are handled, and little memory is used however large the group is.
 */
final class ColumnStream extends InputStream {
  private final StoreBytes bytes;
  private final int blockSize;
  private final long end;
  private long next;
  private byte[] block = {};
  private int position;

  /**
   * @param start the column's first byte in the file
   * @param length its bytes
   * @param blockSize bytes of a request
   */
  ColumnStream(StoreBytes bytes, long start, long length, int blockSize) {
    this.bytes = bytes;
    this.next = start;
    this.end = Math.min(bytes.file().size(), start + length);
    this.blockSize = blockSize;
  }

  private boolean fill() {
    if (position < block.length) {
      return true;
    }
    var length = (int) Math.min(blockSize, end - next);
    if (length <= 0) {
      return false;
    }
    block = bytes.read(next, length);
    position = 0;
    next += length;
    return true;
  }

  @Override
  public int read() {
    return fill() ? block[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    var n = Math.min(length, block.length - position);
    System.arraycopy(block, position, into, offset, n);
    position += n;
    return n;
  }
}
