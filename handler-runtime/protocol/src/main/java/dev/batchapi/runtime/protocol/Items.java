package dev.batchapi.runtime.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The answer to a batch some of whose items failed alone.
 *
 * @param errors at least one, by its item's position among those that were handed over
 * @param results a JSON array with one element for each of them; {@code null} at those that failed
 */
public record Items(SortedMap<Integer, HandlerError> errors, byte[] results) {

  /**
   * As a frame's body.
   *
   * @param errorBytes of one error as JSON at most
   * @param allErrorBytes of all errors together, about: many are cut to their equal share
   */
  public byte[] encode(int errorBytes, int allErrorBytes) {
    byte[] head = head(errors, errorBytes, allErrorBytes);
    return ByteBuffer.allocate(head.length + results.length).put(head).put(results).array();
  }

  /** What stands before the results in a frame's body. */
  public static byte[] head(
      SortedMap<Integer, HandlerError> errors, int errorBytes, int allErrorBytes) {
    // An error without a stack and with next to no message has 200 bytes.
    int each = Math.clamp(allErrorBytes / Math.max(1, errors.size()), 256, errorBytes);
    var encoded = new TreeMap<Integer, byte[]>();
    errors.forEach((position, error) -> encoded.put(position, error.encode(each)));
    int size = Integer.BYTES;
    for (byte[] error : encoded.values()) {
      size += 2 * Integer.BYTES + error.length;
    }
    var body = ByteBuffer.allocate(size).putInt(encoded.size());
    for (Map.Entry<Integer, byte[]> error : encoded.entrySet()) {
      body.putInt(error.getKey()).putInt(error.getValue().length).put(error.getValue());
    }
    return body.array();
  }

  /** Reads one. */
  public static Items decode(byte[] body) throws ProtocolException {
    var buffer = ByteBuffer.wrap(body);
    try {
      int count = buffer.getInt();
      var errors = new TreeMap<Integer, HandlerError>();
      for (int i = 0; i < count; i++) {
        int position = buffer.getInt();
        int length = buffer.getInt();
        if (position < 0 || length < 0 || length > buffer.remaining()) {
          throw new ProtocolException("ITEMS is cut short");
        }
        byte[] error = new byte[length];
        buffer.get(error);
        errors.put(position, HandlerError.decode(error));
      }
      if (count < 1 || errors.size() != count) {
        throw new ProtocolException("ITEMS of " + count + " errors, " + errors.size() + " differ");
      }
      byte[] results = new byte[buffer.remaining()];
      buffer.get(results);
      return new Items(errors, results);
    } catch (BufferUnderflowException e) {
      throw new ProtocolException("ITEMS of " + body.length + " bytes is cut short", e);
    }
  }
}
