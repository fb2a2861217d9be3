package dev.batchapi.runtime.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One batch to handle, or those of its items that failed before.
 *
 * @param index position of the batch in the job, from 0
 * @param attempt 1 for the first
 * @param deadline when the attempt is ended, in milliseconds since 1970; 0: never
 * @param firstItem position of the batch's first item in the job, from 0
 * @param positions which of the batch's items to handle, from 0 and ascending; empty: all
 * @param numbers of all items of the batch, in a job that runs some of an earlier one's again;
 *     empty: they follow {@code firstItem}
 * @param batchId the same at every attempt; at most 65,535 bytes
 * @param payload all items of the batch, a JSON array
 */
public record Handle(
    int index,
    int attempt,
    long deadline,
    long firstItem,
    List<Integer> positions,
    List<Integer> numbers,
    String batchId,
    ByteBuffer payload) {

  public Handle {
    positions = List.copyOf(positions);
    numbers = List.copyOf(numbers);
  }

  /** All items of a batch. */
  public Handle(int index, int attempt, long deadline, String batchId, ByteBuffer payload) {
    this(index, attempt, deadline, 0, List.of(), List.of(), batchId, payload);
  }

  /**
   * The number of an item in the job.
   *
   * @param position in the batch, from 0
   */
  public int number(int position) {
    return numbers.isEmpty() ? Math.toIntExact(firstItem + position) : numbers.get(position);
  }

  /** All but the payload: {@code channel.write(HANDLE, handle.header(), handle.payload())}. */
  public ByteBuffer header() {
    byte[] id = batchId.getBytes(UTF_8);
    if (id.length > 0xFFFF) {
      throw new IllegalArgumentException("a batch id of " + id.length + " bytes; 65535 fit");
    }
    var header =
        ByteBuffer.allocate(34 + id.length + Integer.BYTES * (positions.size() + numbers.size()))
            .putInt(index)
            .putInt(attempt)
            .putLong(deadline)
            .putLong(firstItem)
            .putShort((short) id.length)
            .put(id)
            .putInt(positions.size());
    positions.forEach(header::putInt);
    header.putInt(numbers.size());
    numbers.forEach(header::putInt);
    return header.flip();
  }

  /** Reads one; the payload is a slice of {@code body}, backed by the same array. */
  public static Handle decode(byte[] body) throws ProtocolException {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    try {
      int index = buffer.getInt();
      int attempt = buffer.getInt();
      long deadline = buffer.getLong();
      long firstItem = buffer.getLong();
      byte[] id = new byte[Short.toUnsignedInt(buffer.getShort())];
      buffer.get(id);
      var positions = positions(buffer);
      var numbers = positions(buffer);
      if (index < 0 || attempt < 1 || deadline < 0 || firstItem < 0) {
        throw new ProtocolException(
            "HANDLE of index %d, attempt %d, deadline %d, first item %d"
                .formatted(index, attempt, deadline, firstItem));
      }
      return new Handle(
          index,
          attempt,
          deadline,
          firstItem,
          positions,
          numbers,
          new String(id, UTF_8),
          buffer.slice());
    } catch (BufferUnderflowException e) {
      throw new ProtocolException("HANDLE of " + body.length + " bytes is cut short", e);
    }
  }

  private static List<Integer> positions(ByteBuffer buffer) throws ProtocolException {
    int count = buffer.getInt();
    if (count < 0 || count > buffer.remaining() / Integer.BYTES) {
      throw new ProtocolException("HANDLE of " + count + " items is cut short");
    }
    var positions = new ArrayList<Integer>();
    for (var before = -1; positions.size() < count; before = positions.getLast()) {
      positions.add(buffer.getInt());
      if (positions.getLast() <= before) {
        throw new ProtocolException("HANDLE of items that do not ascend");
      }
    }
    return positions;
  }
}
