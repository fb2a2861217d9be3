package dev.batchapi.queue.input;

import dev.batchapi.queue.Batches;

/** Items, cut into batches. The last batch may be shorter. */
public interface Input extends Batches, AutoCloseable {

  /** How many items there are, at least 1. */
  int items();

  /** Items in every batch but the last, at least 1. */
  int batchSize();

  @Override
  default int count() {
    return Math.ceilDiv(items(), batchSize());
  }

  /** Position of a batch's first item. */
  default int firstItem(int batch) {
    return batch * batchSize();
  }

  /** How many items a batch has. */
  default int itemsIn(int batch) {
    return Math.min(batchSize(), items() - firstItem(batch));
  }

  /** Gives back what the input holds open. */
  @Override
  default void close() {}
}
