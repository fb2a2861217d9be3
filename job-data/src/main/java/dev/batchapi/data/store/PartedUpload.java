package dev.batchapi.data.store;

import java.util.Arrays;

/** A file that goes to its store in one request if it is small, else in parts, one in memory. */
public abstract class PartedUpload extends Upload {
  /**
   * Bytes of a part. S3 wants 5 MiB at least and takes 10,000 at most, which are 48 GiB; Google
   * wants multiples of 256 KiB.
   */
  public static final int PART = 5 << 20;

  private static final int FIRST = 1 << 16;

  private byte[] buffer = new byte[FIRST];
  private int filled;

  /**
   * Sends a part that is not the last one.
   *
   * @param part its bytes are in there from the beginning, and are others when it returns
   * @param length how many: {@link #PART}
   */
  protected abstract void part(byte[] part, int length);

  /**
   * Sends the last part, and gives the file its name.
   *
   * @param length 0 to {@link #PART}
   * @return as {@link #commit}
   */
  protected abstract boolean last(byte[] part, int length);

  @Override
  public final void write(byte[] bytes, int offset, int length) {
    var from = offset;
    var left = length;
    while (left > 0) {
      if (filled == PART) {
        part(buffer, filled);
        filled = 0;
      }
      var n = Math.min(left, PART - filled);
      if (filled + n > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.clamp(2L * buffer.length, filled + n, PART));
      }
      System.arraycopy(bytes, from, buffer, filled, n);
      filled += n;
      from += n;
      left -= n;
    }
  }

  @Override
  public final boolean commit() {
    return last(buffer, filled);
  }
}
