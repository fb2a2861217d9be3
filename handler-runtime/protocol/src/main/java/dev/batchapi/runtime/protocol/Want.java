package dev.batchapi.runtime.protocol;

import java.nio.ByteBuffer;

/**
 * A host's request for permits of the job's rate limit.
 *
 * @param count how many; 0 withdraws the one before, which is answered at once
 * @param whole whether fewer are of no use
 */
public record Want(int count, boolean whole) {
  private static final int SIZE = Integer.BYTES + 1;

  /** Withdraws what was wanted. */
  public static final Want NOTHING = new Want(0, false);

  public byte[] encode() {
    return ByteBuffer.allocate(SIZE).putInt(count).put((byte) (whole ? 1 : 0)).array();
  }

  public static Want decode(byte[] body) throws ProtocolException {
    var buffer = ByteBuffer.wrap(body);
    if (body.length != SIZE || buffer.getInt(0) < 0) {
      throw new ProtocolException("a WANT of " + body.length + " bytes that can't be read");
    }
    return new Want(buffer.getInt(0), buffer.get(Integer.BYTES) != 0);
  }
}
