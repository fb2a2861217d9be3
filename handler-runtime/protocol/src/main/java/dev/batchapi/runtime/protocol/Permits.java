package dev.batchapi.runtime.protocol;

import java.nio.ByteBuffer;

/**
 * The answer to a {@link Want}.
 *
 * @param count how many, at most those that were wanted; 0: none will come, or they were withdrawn
 * @param deadline the batch's from now on, in milliseconds since 1970; 0 without one
 */
public record Permits(int count, long deadline) {
  private static final int SIZE = Integer.BYTES + Long.BYTES;

  public byte[] encode() {
    return ByteBuffer.allocate(SIZE).putInt(count).putLong(deadline).array();
  }

  public static Permits decode(byte[] body) throws ProtocolException {
    if (body.length != SIZE) {
      throw new ProtocolException("PERMITS of " + body.length + " bytes");
    }
    var buffer = ByteBuffer.wrap(body);
    return new Permits(buffer.getInt(), buffer.getLong());
  }
}
