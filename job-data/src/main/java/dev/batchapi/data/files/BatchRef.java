package dev.batchapi.data.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.batchapi.data.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it travels: where its items are, and the items themselves only if they can't be read
 * again from there. {@link BatchReader} makes the payload of it.
 *
 * @param parts where its items are, in order; at least one
 * @param payload the JSON array of the items, if one of the files is compressed; otherwise null. In
 *     the place of an item that can't be read it has a text that says why
 * @param unreadable which items can't be read
 */
public record BatchRef(List<Part> parts, byte @Nullable [] payload, Positions unreadable) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final ObjectWriter WRITER = MAPPER.writerFor(Wire.class);

  public BatchRef {
    parts = List.copyOf(parts);
  }

  /** A batch that can be read. */
  public BatchRef(List<Part> parts, byte @Nullable [] payload) {
    this(parts, payload, Positions.NONE);
  }

  /** What stands in a payload for an item that can't be read. */
  static byte[] why(InputException mistake) {
    try {
      return MAPPER.writeValueAsBytes(String.valueOf(mistake.getMessage()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many items. */
  public int items() {
    return parts.stream().mapToInt(Part::items).sum();
  }

  /**
   * {@code {"parts":[…]}}, in a compressed file's case with {@code "payload":[…]}, with items that
   * can't be read also {@code "unreadable":[3,1,7,2]}, of which each pair is the first of some that
   * follow each other and how many they are; no line end.
   */
  public byte[] toJson() {
    try {
      return WRITER.writeValueAsBytes(
          new Wire(
              parts,
              payload == null ? null : new String(payload, StandardCharsets.UTF_8),
              unreadable.isEmpty() ? null : unreadable.runs()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UncheckedIOException if it is something else
   */
  public static BatchRef read(byte[] json) {
    try (var parser = MAPPER.createParser(json)) {
      List<Part> parts = List.of();
      byte[] payload = null;
      var unreadable = Positions.NONE;
      parser.nextToken();
      for (var field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
        parser.nextToken();
        switch (field) {
          case "parts" -> parts = List.of(parser.readValueAs(Part[].class));
          case "payload" -> payload = asItIs(json, parser);
          case "unreadable" -> unreadable = Positions.read(parser.readValueAs(int[].class));
          default -> parser.skipChildren();
        }
      }
      return new BatchRef(parts, payload, unreadable);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NullPointerException | IndexOutOfBoundsException e) {
      throw new UncheckedIOException(new IOException("no places of a batch", e));
    }
  }

  /** Read as a tree, large numbers would become others, and half a character an error. */
  private static byte[] asItIs(byte[] json, JsonParser parser) throws IOException {
    var from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    return Arrays.copyOfRange(json, from, (int) parser.currentLocation().getByteOffset());
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Wire(
      @JsonProperty List<Part> parts,
      @JsonProperty @JsonRawValue @Nullable String payload,
      @JsonProperty int @Nullable [] unreadable) {}
}
