package dev.batchapi.operator.job.accept;

import dev.batchapi.contract.Payload;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.RerunInput;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.InputException;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which items of a finished job are run again, by its outcomes in the ledger: a bit for each batch
 * and each item that failed alone, and a batch of the job in memory at a time.
 */
final class RerunItems implements Ledger.OutcomeReader {
  /** Of larger jobs those that failed alone are not told apart: the bits would be too many. */
  static final int MOST_ITEMS = 100_000_000;

  private final RunSpec earlier;
  private final RerunInput.Of of;
  private final BitSet whole = new BitSet();
  private final BitSet alone = new BitSet();
  private final BitSet done = new BitSet();
  private int succeeded;
  private int failed;
  private boolean tooMany;

  /** Takes the new job's batches, in order. */
  interface Sink {
    void batch(int index, RerunBatch batch);
  }

  /**
   * Begins with none.
   *
   * @param earlier the job that is run again
   */
  RerunItems(RunSpec earlier, RerunInput.Of of) {
    this.earlier = earlier;
    this.of = of;
  }

  @Override
  public boolean read(int index, Outcome outcome) {
    if (index >= earlier.totalBatches() || done.get(index)) {
      return true;
    }
    done.set(index);
    switch (outcome.kind()) {
      case SUCCEEDED -> succeeded++;
      case FAILED -> {
        failed++;
        if (of != RerunInput.Of.Unfinished) {
          whole.set(index);
        }
      }
      case PARTIAL -> {
        succeeded++;
        if (of != RerunInput.Of.Unfinished) {
          tooMany |= earlier.items() > MOST_ITEMS;
          if (!tooMany) {
            failedAlone(index, outcome);
          }
        }
      }
    }
    return !tooMany;
  }

  private void failedAlone(int index, Outcome outcome) {
    try {
      ItemOutcomes.fromJson(outcome.body()).errors().stream()
          .mapToInt(ItemOutcomes.ItemError::item)
          .filter(item -> item < end(index) - first(index))
          .forEach(item -> alone.set(first(index) + item));
    } catch (UncheckedIOException e) {
      whole.set(index); // which ones failed nobody can tell
    }
  }

  /** After the last outcome. */
  void readAll() {
    if (of != RerunInput.Of.Failed) {
      for (var index = done.nextClearBit(0);
          index < earlier.totalBatches();
          index = done.nextClearBit(index + 1)) {
        whole.set(index);
      }
    }
  }

  /** Batches with an outcome that is no failure. */
  int succeeded() {
    return succeeded;
  }

  /** Batches that failed. */
  int failed() {
    return failed;
  }

  /** Whether items failed alone in a job that has more than {@link #MOST_ITEMS}. */
  boolean tooMany() {
    return tooMany;
  }

  /** How many items. */
  int count() {
    return alone.cardinality() + whole.stream().map(index -> end(index) - first(index)).sum();
  }

  /** Of one batch, their positions in it. */
  private int[] positions(int index) {
    if (whole.get(index)) {
      return IntStream.range(0, end(index) - first(index)).toArray();
    }
    var next = alone.nextSetBit(first(index));
    return next < 0 || next >= end(index)
        ? new int[0]
        : alone.get(first(index), end(index)).stream().toArray();
  }

  /**
   * Makes batches of them, in their order.
   *
   * @param batches the earlier job's
   * @param batchSize items in each, but the last
   * @throws InputException if one would be larger than a batch may be: no more of it is held
   */
  void cut(Batches batches, int batchSize, Sink sink) {
    var pieces = new ArrayList<RerunBatch.Piece>();
    var room = batchSize;
    var index = 0;
    var bytes = 0L;
    for (var its = 0; its < earlier.totalBatches(); its++) {
      var positions = positions(its);
      if (positions.length == 0) {
        continue;
      }
      var batch = opened(its, batches.payload(its));
      for (var from = 0; from < positions.length; ) {
        var taken = Math.min(room, positions.length - from);
        var start = from;
        var some =
            only(
                its,
                batch,
                IntStream.range(start, start + taken).map(at -> positions[at]).toArray());
        bytes += some.stream().mapToLong(RerunBatch.Piece::leastBytes).sum();
        if (bytes > Payload.MAX_BYTES) {
          throw new InputException(
              "Where the items of batch %,d are takes more than the %,d bytes that it may take to say: make batchSize smaller (spec.overrides.batchSize)."
                  .formatted(index, Payload.MAX_BYTES));
        }
        pieces.addAll(some);
        from += taken;
        room -= taken;
        if (room == 0) {
          sink.batch(index++, new RerunBatch(List.copyOf(pieces)));
          pieces.clear();
          room = batchSize;
          bytes = 0;
        }
      }
    }
    if (!pieces.isEmpty()) {
      sink.batch(index, new RerunBatch(List.copyOf(pieces)));
    }
  }

  /** What stands there is from a program of the earlier job's namespace. */
  private RerunBatch.Opened opened(int index, byte[] record) {
    try {
      return batch(index, record).open();
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw broken(index, e);
    }
  }

  private static List<RerunBatch.Piece> only(int index, RerunBatch.Opened batch, int[] positions) {
    try {
      return batch.only(positions);
    } catch (UncheckedIOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw broken(index, e);
    }
  }

  private static TamperedException broken(int index, RuntimeException why) {
    return new TamperedException(
        "where the items of its batch %,d lie can't be read: %s"
            .formatted(index, why.getMessage()));
  }

  private RerunBatch batch(int index, byte[] payload) {
    if (earlier.rerun() != null) {
      return RerunBatch.read(payload);
    }
    var whole = earlier.files() == null ? new BatchRef(List.of(), payload) : BatchRef.read(payload);
    return RerunBatch.of(whole, first(index), end(index) - first(index));
  }

  private int first(int index) {
    return index * earlier.batchSize();
  }

  private int end(int index) {
    return (int) Math.min(earlier.items(), ((long) index + 1) * earlier.batchSize());
  }
}
