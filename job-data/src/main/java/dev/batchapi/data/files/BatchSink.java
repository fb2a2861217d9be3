package dev.batchapi.data.files;

/** Takes the batches of an input, in order, as they are found. */
@FunctionalInterface
public interface BatchSink {

  /**
   * Takes one.
   *
   * @param index from 0, without a gap
   * @param ref where its items are
   */
  void batch(int index, BatchRef ref);
}
