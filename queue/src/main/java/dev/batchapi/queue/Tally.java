package dev.batchapi.queue;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One job's counts, kept up to date with every record as it comes. Indifferent to repetition; the
 * order of outcomes and end is that of the ledger. Not thread-safe.
 */
public final class Tally {
  private final BitSet done = new BitSet();
  private final BitSet failed = new BitSet();
  private final Map<Integer, Integer> failures = new HashMap<>();
  private final Map<Integer, Integer> losses = new HashMap<>();
  private int succeeded;
  private int failedAttempts;
  private int lost;
  private Outcome.@Nullable Kind completion;
  private @Nullable End end;

  /**
   * Counts an outcome.
   *
   * @return whether it counts: it is the batch's first, and the job has not ended
   */
  public boolean outcome(int index, Outcome.Kind kind, int failedBefore) {
    if (end != null) {
      return false;
    }
    if (index == Lease.COMPLETION) {
      var first = completion == null;
      completion = first ? kind : completion;
      return first;
    }
    if (done.get(index)) {
      return false;
    }
    done.set(index);
    switch (kind) {
      case SUCCEEDED -> succeeded++;
      case FAILED -> failed.set(index);
    }
    failures(index, failedBefore);
    return true;
  }

  /** Counts what is recorded of a batch's attempts, in place of what was recorded before. */
  public void tried(int index, int failuresNow, int lossesNow) {
    if (index == Lease.COMPLETION) {
      return;
    }
    failures(index, failuresNow);
    if (lossesNow > losses.getOrDefault(index, 0)) {
      lost += lossesNow - losses.getOrDefault(index, 0);
      losses.put(index, lossesNow);
    }
  }

  // An outcome and an attempt record both know of failed attempts; the greater number is right.
  private void failures(int index, int now) {
    var before = failures.getOrDefault(index, 0);
    if (now > before) {
      failedAttempts += now - before;
      failures.put(index, now);
    }
  }

  /** Takes the end record; the first one stays. */
  public void ended(End record) {
    if (end == null) {
      end = record;
    }
  }

  public boolean hasEnded() {
    return end != null;
  }

  /** Whether a batch, or the completion, has its outcome. */
  public boolean isDone(int index) {
    return index == Lease.COMPLETION ? completion != null : done.get(index);
  }

  /** Takes the batches that have an outcome out of a set of indices. */
  public void removeDone(BitSet indices) {
    indices.andNot(done);
  }

  /** Indices of the batches that have failed, ascending, at most {@code limit} of them. */
  public List<Integer> failed(int limit) {
    return failed.stream().limit(limit).boxed().toList();
  }

  public Counts counts() {
    return new Counts(
        succeeded,
        failed.cardinality(),
        failedAttempts,
        lost,
        Optional.ofNullable(completion),
        Optional.ofNullable(end));
  }
}
