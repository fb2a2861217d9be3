package dev.batchapi.runtime.collector;

import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.store.Stores;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The items of files, as a splitter has written down where they are. */
final class SplitInput implements Input {
  private final CollectArguments job;
  private final SplitBatches batches;
  private final BatchReader reader;
  private final TreeMap<Integer, BatchRef> refs = new TreeMap<>();
  private final @Nullable ItemsAhead ahead;

  SplitInput(CollectArguments job, FilesSpec files, SplitBatches batches, Stores stores) {
    this.job = job;
    this.batches = batches;
    this.reader = new BatchReader(files, stores);
    this.ahead = ItemsAhead.of(job, this::reading);
  }

  private Supplier<byte[]> reading(int batch) {
    var its = ref(batch);
    return () -> reader.payload(its);
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
    refs.headMap(batch).clear();
    return ahead == null ? reader.payload(ref(batch)) : ahead.payload(batch);
  }

  @Override
  public String source(int batch, int item) {
    refs.headMap(batch).clear();
    return reader.source(ref(batch), item);
  }

  private BatchRef ref(int batch) {
    var known = refs.get(batch);
    if (known == null) {
      known = BatchRef.read(batches.batch(batch));
      refs.put(batch, known);
    }
    return known;
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
