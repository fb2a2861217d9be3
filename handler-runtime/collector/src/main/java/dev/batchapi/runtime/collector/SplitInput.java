package dev.batchapi.runtime.collector;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.split.Chunk;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.RecordedJob;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The items of files, as a splitter has written down where they are: a chunk of that at a time. */
final class SplitInput implements Input {
  private final CollectArguments job;
  private final CollectArguments.Split split;
  private final RecordedJob recorded;
  private final BatchReader reader;
  private @Nullable SplitEnd end;
  private @Nullable Chunk chunk;
  private int first;
  private final TreeMap<Integer, BatchRef> refs = new TreeMap<>();
  private final @Nullable ItemsAhead ahead;

  SplitInput(
      CollectArguments job,
      FilesSpec files,
      CollectArguments.Split split,
      Stores stores,
      RecordedJob recorded) {
    this.job = job;
    this.split = split;
    this.recorded = recorded;
    this.reader = new BatchReader(files, stores);
    this.ahead =
        job.include().contains(CollectArguments.Include.ITEM)
            ? new ItemsAhead(job.totalBatches(), this::reading)
            : null;
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
      known = BatchRef.read(chunk(batch).batch(batch - first));
      refs.put(batch, known);
    }
    return known;
  }

  private Chunk chunk(int batch) {
    var known = chunk;
    if (known != null && batch >= first && batch < first + known.batches()) {
      return known;
    }
    var last = end;
    if (last == null) {
      last = SplitEnd.read(record(SplitEnd.NAME, split.digest()));
      end = last;
    }
    var number = 0;
    while (number + 1 < last.chunks().size() && last.chunks().get(number + 1).first() <= batch) {
      number++;
    }
    var wanted = last.chunks().get(number);
    known = new Chunk(record(Integer.toString(number), wanted.digest()));
    if (batch < wanted.first() || batch >= wanted.first() + known.batches()) {
      throw tampered();
    }
    chunk = known;
    first = wanted.first();
    return known;
  }

  private byte[] record(String name, String digest) {
    var record = recorded.split(split.attempt(), name);
    if (record == null || !Sha256.hex(record).equals(digest)) {
      throw tampered();
    }
    return record;
  }

  private static OutputException tampered() {
    return new OutputException(
        OutputProblem.Tampered,
        "The list of the job's batches, which a splitter wrote, is not in the queue any more as it was.");
  }

  @Override
  public void close() {
    if (ahead != null) {
      ahead.close();
    }
  }

  @Override
  public String fingerprint() {
    return "split sha256 " + split.digest();
  }
}
