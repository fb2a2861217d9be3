package dev.batchapi.cli.run;

import dev.batchapi.data.input.Input;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a job's input is run.
 *
 * @param batch the number of the only batch, from 0; null for all
 * @param item the number of the only item, from 0; null for all
 */
record Part(@Nullable Integer batch, @Nullable Integer item) {

  boolean isAll() {
    return batch == null && item == null;
  }

  /**
   * This part of an input.
   *
   * @throws UsageException if there is no such batch or item
   */
  Input of(Input input) {
    if (batch != null) {
      check("--batch", batch, input.count(), input.count() == 1 ? "batch" : "batches");
      return new OneBatch(input, batch, null);
    }
    if (item != null) {
      check("--item", item, input.items(), input.items() == 1 ? "item" : "items");
      return new OneBatch(input, item / input.batchSize(), item % input.batchSize());
    }
    return input;
  }

  private static void check(String option, int number, int count, String what) {
    if (number < 0 || number >= count) {
      throw new UsageException(
          "%s %d: the job has %,d %s, %s."
              .formatted(
                  option,
                  number,
                  count,
                  what,
                  count == 1 ? "number 0" : "numbered from 0 to %d".formatted(count - 1)));
    }
  }
}
