package dev.batchapi.data.input;

import org.jspecify.annotations.Nullable;

/** Where a job's items stand, for messages and results. */
public interface Sources {
  /** Of items without a place, such as numbers. */
  Sources NONE =
      new Sources() {
        @Override
        public @Nullable String source(int batch, int item) {
          return null;
        }

        @Override
        public @Nullable String source(int batch) {
          return null;
        }
      };

  /**
   * Where an item stands, such as {@code data.csv:17}; null for one without a place.
   *
   * @param item its position in the batch, from 0
   */
  @Nullable String source(int batch, int item);

  /** Where a batch's items stand: of several the first and the last one; null if nowhere. */
  @Nullable String source(int batch);

  /**
   * The number of an item: its position in the job, or in the earlier job that is run again.
   *
   * @param first number of the batch's first item, of a job whose items follow each other
   * @param item its position in the batch, from 0
   * @throws ArithmeticException if no job has so many
   */
  default int number(int batch, int first, int item) {
    return Math.addExact(first, item);
  }
}
