package dev.batchapi.cli.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.ReadBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One batch of an input, or one item of that, as all there is; items keep their numbers.
 *
 * @param item its position in the batch; null for all of the batch
 */
record OneBatch(Input whole, int batch, @Nullable Integer item) implements Input {
  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public int items() {
    return item == null ? whole.itemsIn(batch) : 1;
  }

  @Override
  public int batchSize() {
    return items();
  }

  @Override
  public int firstItem(int ignored) {
    return whole.firstItem(batch) + first();
  }

  @Override
  public int itemsIn(int ignored) {
    return items();
  }

  @Override
  public @Nullable String source(int ignored, int position) {
    return whole.source(batch, first() + position);
  }

  @Override
  public String fingerprint() {
    return "%s batch %d item %s".formatted(whole.fingerprint(), batch, item);
  }

  private int first() {
    return item == null ? 0 : item;
  }

  @Override
  public byte[] payload(int ignored) {
    return read(ignored).json();
  }

  @Override
  public ReadBatch read(int ignored) {
    var all = whole.read(batch);
    if (item == null) {
      return all;
    }
    var why = all.unreadable().get(item);
    return new ReadBatch(
        only(item, all.json()), 1, why == null ? new TreeMap<>() : new TreeMap<>(Map.of(0, why)));
  }

  /** The bytes as they are: a number keeps its digits. */
  private static byte[] only(int item, byte[] array) {
    try (var parser = JSON.createParser(array)) {
      parser.nextToken();
      for (var position = 0; parser.nextToken() != JsonToken.END_ARRAY; position++) {
        var from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        if (position == item) {
          var to = (int) parser.currentLocation().getByteOffset();
          var one = new byte[to - from + 2];
          System.arraycopy(array, from, one, 1, to - from);
          one[0] = '[';
          one[one.length - 1] = ']';
          return one;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalArgumentException("no item %d in %s".formatted(item, Arrays.toString(array)));
  }

  @Override
  public void close() {
    whole.close();
  }
}
