package dev.batchapi.data.input;

import dev.batchapi.contract.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Items, cut into batches. The last batch may be shorter. The same index always gives the same
 * payload.
 */
public interface Input extends Sources, AutoCloseable {

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

  /** The same, with what is wrong with those of its items that can't be read. */
  default ReadBatch read(int batch) {
    return new ReadBatch(payload(batch), itemsIn(batch));
  }

  /** Position of a batch's first item. */
  default int firstItem(int batch) {
    return batch * batchSize();
  }

  /** How many items a batch has. */
  default int itemsIn(int batch) {
    return Math.min(batchSize(), items() - firstItem(batch));
  }

  /** What tells these items from others; a run that was stopped goes on with the same only. */
  String fingerprint();

  @Override
  default @Nullable String source(int batch, int item) {
    return null;
  }

  @Override
  default @Nullable String source(int batch) {
    var first = source(batch, 0);
    var last = itemsIn(batch) - 1;
    return first == null || last == 0 ? first : first + " to " + source(batch, last);
  }

  /** Gives back what the input holds open. */
  @Override
  default void close() {}
}
