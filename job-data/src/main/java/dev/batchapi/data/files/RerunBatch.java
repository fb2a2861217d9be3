package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.JsonElements;
import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.ReadBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch of a job that runs some items of an earlier one again, as it travels: pieces of that
 * job's batches, with the numbers that the items have there.
 *
 * @param pieces in the order of their items; at least one
 */
public record RerunBatch(List<Piece> pieces) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** An item takes two bytes of a payload at the least. */
  private static final int MOST_ITEMS = Payload.MAX_BYTES / 2;

  /** A part's names and shortest numbers, and a comma. */
  private static final int PART_BYTES =
      "{\"u\":\"\",\"v\":\"\",\"s\":0,\"o\":0,\"n\":0,\"l\":1,\"i\":1},".length();

  /** What stands around its parts and its payload. */
  private static final int PIECE_BYTES = "{\"at\":[0,1],\"numbers\":[0,1],\"parts\":[]}".length();

  /**
   * Some items of a batch of the earlier job.
   *
   * @param from where all items of that batch are; one that carries them carries these alone
   * @param positions of the items in it, ascending
   * @param numbers that they have in the earlier job
   */
  public record Piece(BatchRef from, int[] positions, int[] numbers) {
    public Piece {
      if (positions.length == 0 || positions.length != numbers.length) {
        throw new IllegalArgumentException("not a position and a number for each item");
      }
    }

    /**
     * Those of its items whose places among them are given.
     *
     * @param carried all that it carries; null if it carries none
     */
    private Piece only(int[] places, @Nullable List<String> carried) {
      var its = Arrays.stream(places).map(place -> numbers[place]).toArray();
      var at = Arrays.stream(places).map(place -> positions[place]).toArray();
      var payload = carried == null ? from.payload() : chosen(carried, places);
      return new Piece(
          new BatchRef(from.parts(), payload, from.unreadable().only(at)),
          carried != null && from.parts().isEmpty()
              ? IntStream.range(0, places.length).toArray()
              : at,
          its);
    }

    private ReadBatch read(Function<BatchRef, ReadBatch> reader) {
      var carried = from.payload();
      if (carried != null && from.unreadable().isEmpty()) {
        return new ReadBatch(carried, positions.length);
      }
      if (carried != null) {
        var items = new ReadItems();
        items.carried(elements(carried), place -> from.unreadable().contains(positions[place]));
        return items.end();
      }
      var all = reader.apply(from);
      var bad = new TreeMap<Integer, String>();
      for (var place = 0; place < positions.length; place++) {
        var why = all.unreadable().get(positions[place]);
        if (why != null) {
          bad.put(place, why);
        }
      }
      return new ReadBatch(chosen(elements(all.json()), positions), positions.length, bad);
    }

    /**
     * How many bytes of {@link RerunBatch#toJson} it is at the least; nothing is written for it.
     */
    public long leastBytes() {
      var carried = from.payload();
      return from.parts().stream()
              .mapToLong(part -> PART_BYTES + part.url().length() + part.version().length())
              .sum()
          + (carried == null ? 0 : carried.length)
          + PIECE_BYTES;
    }
  }

  /** A batch opened to take items from it in several goes: what it carries is read once. */
  public final class Opened {
    private final List<List<String>> carried = new ArrayList<>();
    private final int[] first = new int[pieces.size() + 1];

    private Opened() {
      for (var piece : pieces) {
        var its = piece.from().payload();
        carried.add(its == null ? List.of() : elements(its));
        first[carried.size()] = first[carried.size() - 1] + piece.numbers().length;
      }
    }

    /**
     * Some of its items.
     *
     * @param items their positions, ascending; at least one
     */
    public List<Piece> only(int[] items) {
      var chosen = new ArrayList<Piece>();
      var found = Arrays.binarySearch(first, items[0]);
      var at = found < 0 ? -found - 2 : found;
      for (var from = 0; from < items.length; at++) {
        var end = from;
        while (end < items.length && items[end] < first[at + 1]) {
          end++;
        }
        if (end > from) {
          var before = first[at];
          var places = Arrays.stream(items, from, end).map(item -> item - before).toArray();
          var piece = pieces.get(at);
          chosen.add(piece.only(places, piece.from().payload() == null ? null : carried.get(at)));
        }
        from = end;
      }
      return chosen;
    }
  }

  public RerunBatch {
    pieces = List.copyOf(pieces);
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("a batch without items");
    }
  }

  /**
   * A whole batch of a job that is no rerun.
   *
   * @param first number of its first item
   * @param items how many it has
   */
  public static RerunBatch of(BatchRef whole, int first, int items) {
    return new RerunBatch(
        List.of(
            new Piece(
                whole,
                IntStream.range(0, items).toArray(),
                IntStream.range(first, first + items).toArray())));
  }

  /** How many items. */
  public int items() {
    return pieces.stream().mapToInt(piece -> piece.numbers().length).sum();
  }

  /** The numbers of its items in the earlier job. */
  public int[] numbers() {
    return pieces.stream().flatMapToInt(piece -> Arrays.stream(piece.numbers())).toArray();
  }

  /** To take items from it. */
  public Opened open() {
    return new Opened();
  }

  /**
   * Its items.
   *
   * @param reader of items that are not carried; throws what {@link BatchReader#read} throws
   * @throws InputException if they are more than {@link Payload#MAX_BYTES}, as items of many
   *     batches can be together
   */
  public ReadBatch read(Function<BatchRef, ReadBatch> reader) {
    var out = new ByteArrayOutputStream();
    var unreadable = new TreeMap<Integer, String>();
    var count = 0;
    for (var piece : pieces) {
      var its = piece.read(reader);
      if (out.size() + its.json().length > Payload.MAX_BYTES) {
        throw new InputException(
            "The items of this batch of the rerun have more than %,d bytes together: submit the rerun again with a smaller overrides.batchSize."
                .formatted(Payload.MAX_BYTES));
      }
      out.write(out.size() == 0 ? '[' : ',');
      out.write(its.json(), 1, its.json().length - 2);
      for (var one : its.unreadable().entrySet()) {
        unreadable.put(count + one.getKey(), one.getValue());
      }
      count += its.count();
    }
    out.write(']');
    return new ReadBatch(out.toByteArray(), count, unreadable);
  }

  /** The items as a JSON array, if all of them are carried; otherwise null. */
  public byte @Nullable [] carried() {
    return pieces.stream().allMatch(piece -> piece.from().payload() != null)
        ? read(ref -> {
              throw new IllegalStateException("items that are not carried");
            })
            .json()
        : null;
  }

  /**
   * Where an item stands; null for one without a place.
   *
   * @param item its position, from 0
   * @param reader of the earlier job's files; null if it has none
   */
  public @Nullable String source(int item, @Nullable BatchReader reader) {
    var left = item;
    for (var piece : pieces) {
      if (left < piece.numbers().length) {
        return reader == null || piece.from().parts().isEmpty()
            ? null
            : reader.source(piece.from(), piece.positions()[left]);
      }
      left -= piece.numbers().length;
    }
    throw new IndexOutOfBoundsException("item %d of a batch of %d".formatted(item, items()));
  }

  private static List<String> elements(byte[] array) {
    try {
      return JsonElements.split(new String(array, UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JSON array of some elements, as they are written, with nothing around them. */
  private static byte[] chosen(List<String> elements, int[] places) {
    if (places.length == elements.size()) {
      return ("[" + String.join(",", elements) + "]").getBytes(UTF_8);
    }
    var chosen = new ArrayList<String>();
    for (var place : places) {
      chosen.add(elements.get(place));
    }
    return ("[" + String.join(",", chosen) + "]").getBytes(UTF_8);
  }

  /**
   * {@code {"pieces":[{"at":[0,3],"numbers":[100,3],"parts":[…]}]}}: positions and numbers are
   * pairs of a first one and how many follow each other, and the rest is a {@link BatchRef}; no
   * line end.
   */
  public byte[] toJson() {
    var out = new ByteArrayOutputStream();
    out.writeBytes("{\"pieces\":[".getBytes(UTF_8));
    var first = true;
    for (var piece : pieces) {
      if (!first) {
        out.write(',');
      }
      first = false;
      var head =
          "{\"at\":%s,\"numbers\":%s,"
              .formatted(Positions.of(piece.positions()), Positions.of(piece.numbers()));
      out.writeBytes(head.getBytes(UTF_8));
      var ref = piece.from().toJson();
      out.write(ref, 1, ref.length - 1);
    }
    out.writeBytes("]}".getBytes(UTF_8));
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UncheckedIOException if it is something else
   */
  public static RerunBatch read(byte[] json) {
    try (var parser = MAPPER.createParser(json)) {
      parser.nextToken();
      if (!"pieces".equals(parser.nextFieldName())) {
        throw new IOException("it has no pieces");
      }
      parser.nextToken();
      var pieces = new ArrayList<Piece>();
      var items = 0L;
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        var piece = piece(json, parser);
        items += piece.numbers().length;
        if (items > MOST_ITEMS) {
          throw new IOException("more items than a payload has");
        }
        pieces.add(piece);
      }
      return new RerunBatch(pieces);
    } catch (IOException
        | UncheckedIOException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NullPointerException e) {
      throw new UncheckedIOException(new IOException("no batch of a rerun: " + e.getMessage(), e));
    }
  }

  private static Piece piece(byte[] json, JsonParser parser) throws IOException {
    var from = (int) parser.currentTokenLocation().getByteOffset();
    int[] at = {};
    int[] numbers = {};
    for (var field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      parser.nextToken();
      switch (field) {
        case "at" -> at = numbers(parser);
        case "numbers" -> numbers = numbers(parser);
        default -> parser.skipChildren();
      }
    }
    var end = (int) parser.currentLocation().getByteOffset();
    return new Piece(BatchRef.read(Arrays.copyOfRange(json, from, end)), at, numbers);
  }

  private static int[] numbers(JsonParser parser) throws IOException {
    var numbers = Positions.read(parser.readValueAs(int[].class));
    if (numbers.count() > MOST_ITEMS) {
      throw new IOException("more items than a payload has");
    }
    return numbers.toArray();
  }
}
