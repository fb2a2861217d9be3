package dev.batchapi.data.input;

import dev.batchapi.contract.Payload;

/**
 * Items, cut into batches. The last batch may be shorter. The same index always gives the same
 * payload.
 */
public interface Input extends AutoCloseable {

  /** How many items there are, at least 1. */
  int items();

  /** Items in every batch but the last, at least 1. */
  int batchSize();

  /** How many batches there are, at least 1. */
  default int count() {
    return Math.ceilDiv(items(), batchSize());
  }

  /**
   * One batch's payload, read when it is needed.
   *
   * @param batch from 0 to {@code count() - 1}
   * @return a JSON array of its items, at most {@link Payload#MAX_BYTES}
   */
  byte[] payload(int batch);

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
