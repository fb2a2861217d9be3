package dev.batchapi.data.input;

import dev.batchapi.contract.Payload;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The input {@code {count: N}}: the items are the numbers 0 to N-1.
 *
 * @param items how many, at least 1
 * @param batchSize items per batch, at least 1
 */
public record CountInput(int items, int batchSize) implements Input {

  /** Longest number in a payload, and a comma. */
  private static final int BYTES_PER_ITEM = 11;

  public CountInput {
    if (items < 1) {
      throw new InputException("The input has no items: count must be at least 1.");
    }
    var widest = (long) Math.min(items, batchSize) * BYTES_PER_ITEM;
    if (widest > Payload.MAX_BYTES) {
      throw InputException.tooLarge(0, "items 0 to %d".formatted(batchSize - 1), widest);
    }
  }

  @Override
  public byte[] payload(int index) {
    return IntStream.range(firstItem(index), firstItem(index) + itemsIn(index))
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(",", "[", "]"))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String fingerprint() {
    return "count " + items;
  }
}
