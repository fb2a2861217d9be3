package dev.batchapi.runtime.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A push from the author's code, in a language whose host has no metrics client of its own.
 *
 * @param kind what it is
 * @param value the increment, the absolute value, or the observation
 * @param name the metric's, at most 65,535 bytes
 * @param tags at most 255, in order
 */
public record Metric(Kind kind, double value, String name, Map<String, String> tags) {

  /** What a metric is. */
  public enum Kind {
    COUNTER('c'),
    GAUGE('g'),
    HISTOGRAM('h'),
    DISTRIBUTION('d');

    private final byte code;

    Kind(char code) {
      this.code = (byte) code;
    }

    private static Kind of(byte code) throws ProtocolException {
      return switch (code) {
        case 'c' -> COUNTER;
        case 'g' -> GAUGE;
        case 'h' -> HISTOGRAM;
        case 'd' -> DISTRIBUTION;
        default -> throw new ProtocolException("METRIC of unknown kind " + code);
      };
    }
  }

  public byte[] encode() {
    if (tags.size() > 255) {
      throw new IllegalArgumentException(tags.size() + " tags; 255 fit");
    }
    List<byte[]> strings = new ArrayList<>();
    strings.add(name.getBytes(UTF_8));
    tags.forEach(
        (key, tag) -> {
          strings.add(key.getBytes(UTF_8));
          strings.add(tag.getBytes(UTF_8));
        });
    int size = 1 + Double.BYTES + 1;
    for (byte[] string : strings) {
      if (string.length > 0xFFFF) {
        throw new IllegalArgumentException("a name of " + string.length + " bytes; 65535 fit");
      }
      size += Short.BYTES + string.length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(size).put(kind.code).putDouble(value);
    put(buffer, strings.getFirst());
    buffer.put((byte) tags.size());
    strings.subList(1, strings.size()).forEach(string -> put(buffer, string));
    return buffer.array();
  }

  public static Metric decode(byte[] body) throws ProtocolException {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    try {
      Kind kind = Kind.of(buffer.get());
      double value = buffer.getDouble();
      String name = string(buffer);
      int count = Byte.toUnsignedInt(buffer.get());
      Map<String, String> tags = LinkedHashMap.newLinkedHashMap(count);
      for (int i = 0; i < count; i++) {
        String key = string(buffer);
        tags.put(key, string(buffer));
      }
      if (buffer.hasRemaining()) {
        throw new ProtocolException("METRIC has " + buffer.remaining() + " bytes too many");
      }
      return new Metric(kind, value, name, tags);
    } catch (BufferUnderflowException e) {
      throw new ProtocolException("METRIC of " + body.length + " bytes is cut short", e);
    }
  }

  private static void put(ByteBuffer buffer, byte[] string) {
    buffer.putShort((short) string.length).put(string);
  }

  private static String string(ByteBuffer buffer) {
    byte[] bytes = new byte[Short.toUnsignedInt(buffer.getShort())];
    buffer.get(bytes);
    return new String(bytes, UTF_8);
  }
}
