package dev.batchapi.runtime.collector;

import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.store.Stores;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Items of an earlier job, under the numbers that they have there. */
final class RerunInput implements Input {
  private final CollectArguments job;
  private final SplitBatches batches;
  private final @Nullable BatchReader reader;
  private final TreeMap<Integer, Known> known = new TreeMap<>();
  private final @Nullable ItemsAhead ahead;

  private record Known(RerunBatch batch, int[] numbers) {}

  RerunInput(CollectArguments job, SplitBatches batches, Stores stores) {
    this.job = job;
    this.batches = batches;
    this.reader = job.files() == null ? null : new BatchReader(job.files(), stores);
    this.ahead = ItemsAhead.of(job, this::reading);
  }

  private Supplier<byte[]> reading(int batch) {
    var its = known(batch).batch();
    return () -> its.payload(this::read);
  }

  private byte[] read(BatchRef ref) {
    if (reader == null) {
      throw new IllegalStateException("items of files in a job without files");
    }
    return reader.payload(ref);
  }

  @Override
  public int items() {
    return job.items();
  }

  @Override
  public int batchSize() {
    return job.batchSize();
  }

  @Override
  public byte[] payload(int batch) {
    known.headMap(batch).clear();
    return ahead == null ? known(batch).batch().payload(this::read) : ahead.payload(batch);
  }

  @Override
  public int number(int batch, int first, int item) {
    known.headMap(batch).clear();
    var numbers = known(batch).numbers();
    return item < numbers.length ? numbers[item] : first + item; // of a batch no worker of ours has
  }

  @Override
  public @Nullable String source(int batch, int item) {
    return known(batch).batch().source(item, reader);
  }

  private Known known(int batch) {
    var its = known.get(batch);
    if (its == null) {
      var read = RerunBatch.read(batches.batch(batch));
      its = new Known(read, read.numbers());
      known.put(batch, its);
    }
    return its;
  }

  @Override
  public void close() {
    if (ahead != null) {
      ahead.close();
    }
  }

  @Override
  public String fingerprint() {
    return batches.fingerprint();
  }
}
