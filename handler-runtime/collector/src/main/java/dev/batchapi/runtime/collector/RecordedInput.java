package dev.batchapi.runtime.collector;

import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.store.Stores;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The items of batches that were written down before the job was accepted. */
final class RecordedInput implements Input {
  private final CollectArguments job;
  private final SplitBatches batches;
  private final Function<byte[], RecordedBatch> kind;
  private final TreeMap<Integer, RecordedBatch> known = new TreeMap<>();
  private final @Nullable ItemsAhead ahead;

  private RecordedInput(
      CollectArguments job, SplitBatches batches, Function<byte[], RecordedBatch> kind) {
    this.job = job;
    this.batches = batches;
    this.kind = kind;
    this.ahead = ItemsAhead.of(job, this::reading);
  }

  /** Of files, or of an earlier job. */
  static RecordedInput of(CollectArguments job, SplitBatches batches, Stores stores) {
    return new RecordedInput(job, batches, RecordedBatch.kind(job, stores));
  }

  private Supplier<byte[]> reading(int batch) {
    return batch(batch)::payload;
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
    return ahead == null ? batch(batch).payload() : ahead.payload(batch);
  }

  @Override
  public int number(int batch, int first, int item) {
    known.headMap(batch).clear();
    return batch(batch).number(first, item);
  }

  @Override
  public @Nullable String source(int batch, int item) {
    known.headMap(batch).clear();
    return batch(batch).source(item);
  }

  private RecordedBatch batch(int batch) {
    var its = known.get(batch);
    if (its == null) {
      its = kind.apply(batches.batch(batch));
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
