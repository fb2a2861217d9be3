package dev.batchapi.operator.job.accept;

import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.Sources;
import dev.batchapi.queue.Batches;
import org.jspecify.annotations.Nullable;

/** The numbers of items that are run again; those of one batch in memory. Not thread-safe. */
final class RerunNumbers implements Sources {
  private final Batches batches;
  private int last = -1;
  private int[] numbers = {};

  RerunNumbers(Batches batches) {
    this.batches = batches;
  }

  @Override
  public int number(int batch, int first, int item) {
    if (batch != last) {
      numbers = RerunBatch.read(batches.payload(batch)).numbers();
      last = batch;
    }
    // The latter of a batch that no worker of ours has.
    return item < numbers.length ? numbers[item] : Math.addExact(first, item);
  }

  @Override
  public @Nullable String source(int batch, int item) {
    return null;
  }

  @Override
  public @Nullable String source(int batch) {
    return null;
  }
}
