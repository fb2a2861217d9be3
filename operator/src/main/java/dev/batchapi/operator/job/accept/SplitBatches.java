package dev.batchapi.operator.job.accept;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.split.Chunk;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Splits;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The batches that a splitter has written down, of which one chunk is in memory at a time. Whether
 * they are those that the job was accepted with shows at every read.
 */
final class SplitBatches implements Batches {
  private final FrozenJob job;
  private final FrozenSplit split;
  private final Splits splits;
  // Guarded by this.
  private @Nullable SplitEnd end;
  private @Nullable Chunk chunk;
  private int first = -1;

  SplitBatches(FrozenJob job, FrozenSplit split, Splits splits) {
    this.job = job;
    this.split = split;
    this.splits = splits;
  }

  @Override
  public int count() {
    return job.run().totalBatches();
  }

  @Override
  public synchronized byte[] payload(int index) {
    if (chunk == null || index < first || index >= first + chunk.batches()) {
      read(index);
    }
    return Objects.requireNonNull(chunk).batch(index - first);
  }

  private void read(int index) {
    var last = end;
    if (last == null) {
      last = SplitEnd.read(record(SplitEnd.NAME, split.digest()));
      end = last;
    }
    var number = 0;
    while (number + 1 < last.chunks().size() && last.chunks().get(number + 1).first() <= index) {
      number++;
    }
    var wanted = last.chunks().get(number);
    var read = chunk(record(Integer.toString(number), wanted.digest()));
    if (index < wanted.first() || index >= wanted.first() + read.batches()) {
      throw new TamperedException(
          "The list of the job's batches, which a splitter wrote, lacks batch %d."
              .formatted(index));
    }
    chunk = read;
    first = wanted.first();
  }

  private static Chunk chunk(byte[] lines) {
    try {
      return new Chunk(lines);
    } catch (IllegalArgumentException e) {
      throw new TamperedException(
          "The list of the job's batches is not one that a splitter wrote: " + e.getMessage());
    }
  }

  private byte[] record(String name, String digest) {
    var record = splits.read(job.uid(), split.attempt(), name);
    if (record == null || !Sha256.hex(record).equals(digest)) {
      throw new TamperedException(
          "The list of the job's batches, which a splitter wrote, is not in the queue any more as it was: submit the job again.");
    }
    return record;
  }
}
