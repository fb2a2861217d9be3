package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonArray;
import dev.batchapi.data.input.ReadBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** Puts a batch's items together as they are read. */
final class ReadItems implements ItemSink {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NULL = "null".getBytes(UTF_8);

  private final JsonArray json;
  private final SortedMap<Integer, String> unreadable = new TreeMap<>();

  ReadItems() {
    this(32);
  }

  /**
   * @param room how many bytes they probably are
   */
  ReadItems(int room) {
    json = new JsonArray(room);
  }

  @Override
  public void item(long line, long start, long end, byte[] item, int length) {
    json.item(item, 0, length);
  }

  /** Takes lines that are items, as they stand in a file. */
  void lines(InputStream in, int length) throws IOException {
    json.lines(in, length);
  }

  @Override
  public void bad(long line, long start, long end, InputException mistake) {
    unreadable.put(count(), String.valueOf(mistake.getMessage()));
    item(line, start, end, NULL, NULL.length);
  }

  /** Takes rows, whose size nobody has looked at before. */
  RowSink rows(String file) {
    return new RowSink() {
      @Override
      public void row(long row, byte[] item, int length) {
        if (json.size() + length + 2L > Payload.MAX_BYTES) {
          throw new InputException(
              "%s, row %d: up to here the batch has more than %,d bytes. Use a smaller batchSize, or rows that refer to the data instead of holding it."
                  .formatted(file, row + 1, Payload.MAX_BYTES));
        }
        item(row + 1, 0, 0, item, length);
      }

      @Override
      public void bad(long row, InputException mistake) {
        ReadItems.this.bad(row + 1, 0, 0, mistake);
      }
    };
  }

  /**
   * Takes items that a batch carries.
   *
   * @param array of them; in the places of unreadable ones it has texts that say why
   * @param isUnreadable of a position in it
   */
  void carried(List<String> array, IntPredicate isUnreadable) {
    try {
      for (var position = 0; position < array.size(); position++) {
        if (isUnreadable.test(position)) {
          unreadable.put(count(), JSON.readValue(array.get(position), String.class));
          item(0, 0, 0, NULL, NULL.length);
        } else {
          var item = array.get(position).getBytes(UTF_8);
          item(0, 0, 0, item, item.length);
        }
      }
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  int count() {
    return json.count();
  }

  ReadBatch end() {
    return new ReadBatch(json.end(), count(), unreadable);
  }
}
