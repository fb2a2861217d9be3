package dev.batchapi.runtime.collector;

import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.data.store.Stores;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One batch as it was written down. */
sealed interface RecordedBatch {

  /** Its items, by any thread. */
  byte[] payload();

  /**
   * The number of an item.
   *
   * @param first that of the batch's first one, if they follow each other
   * @param item its position in the batch, from 0
   */
  int number(int first, int item);

  /** Where an item stands; null if that is in no file. */
  @Nullable String source(int item);

  /** How the batches of a job are read. */
  static Function<byte[], RecordedBatch> kind(CollectArguments job, Stores stores) {
    if (!job.rerun()) {
      var reader = new BatchReader(Objects.requireNonNull(job.files()), stores);
      return record -> new OfFiles(BatchRef.read(record), reader);
    }
    var reader = job.files() == null ? null : new BatchReader(job.files(), stores);
    return record -> {
      var batch = RerunBatch.read(record);
      return new OfEarlierJob(batch, batch.numbers(), reader);
    };
  }

  /** Items of files, as a splitter has written down where they are. */
  record OfFiles(BatchRef ref, BatchReader reader) implements RecordedBatch {
    @Override
    public byte[] payload() {
      return reader.payload(ref);
    }

    @Override
    public int number(int first, int item) {
      return Math.addExact(first, item);
    }

    @Override
    public String source(int item) {
      return reader.source(ref, item);
    }
  }

  /** Items of an earlier job, under the numbers that they have there. */
  // A record's own equals would compare the arrays; nobody asks.
  @SuppressWarnings("ArrayRecordComponent")
  record OfEarlierJob(RerunBatch batch, int[] numbers, @Nullable BatchReader reader)
      implements RecordedBatch {
    @Override
    public byte[] payload() {
      return batch.read(this::read).json();
    }

    private ReadBatch read(BatchRef ref) {
      if (reader == null) {
        throw new IllegalStateException("items of files in a job without files");
      }
      return reader.read(ref);
    }

    @Override
    public int number(int first, int item) {
      // More than its own are of a batch that no worker of ours has.
      return item < numbers.length ? numbers[item] : first + item;
    }

    @Override
    public @Nullable String source(int item) {
      return batch.source(item, reader);
    }
  }
}
