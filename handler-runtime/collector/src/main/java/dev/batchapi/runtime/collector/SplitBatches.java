package dev.batchapi.runtime.collector;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.split.Chunk;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.queue.RecordedJob;
import org.jspecify.annotations.Nullable;

/** The batches that were written down before the job was accepted: a chunk of them at a time. */
final class SplitBatches {
  private final CollectArguments.Split split;
  private final RecordedJob recorded;
  private @Nullable SplitEnd end;
  private @Nullable Chunk chunk;
  private int first;

  SplitBatches(CollectArguments.Split split, RecordedJob recorded) {
    this.split = split;
    this.recorded = recorded;
  }

  /**
   * A batch as it was written down.
   *
   * @throws OutputException if it is not in the queue as it was
   */
  byte[] batch(int batch) {
    var known = chunk;
    if (known == null || batch < first || batch >= first + known.batches()) {
      known = read(batch);
    }
    return known.batch(batch - first);
  }

  private Chunk read(int batch) {
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
    var known = new Chunk(record(Integer.toString(number), wanted.digest()));
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
        "The list of the job's batches, which was written before it was accepted, is not in the queue any more as it was.");
  }

  String fingerprint() {
    return "split sha256 " + split.digest();
  }
}
