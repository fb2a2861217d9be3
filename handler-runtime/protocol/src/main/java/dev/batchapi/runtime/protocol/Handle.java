package dev.batchapi.runtime.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * One batch to handle.
 *
 * @param index position of the batch in the job, from 0
 * @param attempt 1 for the first
 * @param deadline when the attempt is ended, in milliseconds since 1970; 0: never
 * @param batchId the same at every attempt; at most 65,535 bytes
 * @param payload the items, a JSON array
 */
public record Handle(int index, int attempt, long deadline, String batchId, ByteBuffer payload) {

  /** All but the payload: {@code channel.write(HANDLE, handle.header(), handle.payload())}. */
  public ByteBuffer header() {
    byte[] id = batchId.getBytes(UTF_8);
    if (id.length > 0xFFFF) {
      throw new IllegalArgumentException("a batch id of " + id.length + " bytes; 65535 fit");
    }
    return ByteBuffer.allocate(18 + id.length)
        .putInt(index)
        .putInt(attempt)
        .putLong(deadline)
        .putShort((short) id.length)
        .put(id)
        .flip();
  }

  /** Reads one; the payload is a slice of {@code body}, backed by the same array. */
  public static Handle decode(byte[] body) throws ProtocolException {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    try {
      int index = buffer.getInt();
      int attempt = buffer.getInt();
      long deadline = buffer.getLong();
      byte[] id = new byte[Short.toUnsignedInt(buffer.getShort())];
      buffer.get(id);
      if (index < 0 || attempt < 1 || deadline < 0) {
        throw new ProtocolException(
            "HANDLE of index %d, attempt %d, deadline %d".formatted(index, attempt, deadline));
      }
      return new Handle(index, attempt, deadline, new String(id, UTF_8), buffer.slice());
    } catch (BufferUnderflowException e) {
      throw new ProtocolException("HANDLE of " + body.length + " bytes is cut short", e);
    }
  }
}
