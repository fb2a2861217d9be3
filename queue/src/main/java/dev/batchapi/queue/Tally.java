package dev.batchapi.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One job's counts, kept up to date with every record as it comes. Indifferent to repetition; the
 * order of outcomes and end is that of the ledger. Two bytes for each batch at most, whatever
 * happens to it. Not thread-safe.
 */
public final class Tally {
  /** So many batches with failed items are known by their index. */
  public static final int PARTIAL_KEPT = 10;

  private final BatchStates states;
  private int succeeded;
  private int failed;
  private int failedAttempts;
  private int lost;
  private int failedItems;
  private int partial;
  private Outcome.@Nullable Kind last;
  private int lastIndex = -1;

  /** The first batches with failed items, each with its failed items: these are shown. */
  private final TreeSet<Integer> firstPartial = new TreeSet<>();

  private Outcome.@Nullable Kind completion;
  private @Nullable End end;

  /**
   * Starts with nothing done.
   *
   * @param total how many batches the job has; see {@link #grow}
   */
  public Tally(int total) {
    states = new BatchStates(total);
  }

  /** Takes more batches for its own; never fewer. */
  public void grow(int total) {
    states.grow(total);
  }

  public int total() {
    return states.total();
  }

  /** Whether the job has such a batch, or it is the completion. */
  public boolean has(int index) {
    return index == Lease.COMPLETION || (index >= 0 && index < states.total());
  }

  /** The same of a batch none of whose items failed alone. */
  public boolean outcome(int index, Outcome.Kind kind, int failedBefore) {
    return outcome(index, kind, 0, failedBefore);
  }

  /**
   * Counts an outcome.
   *
   * @param itemsFailed how many of its items failed alone
   * @return whether it counts: the job has that batch, this is its first outcome, and the job has
   *     not ended
   */
  public boolean outcome(int index, Outcome.Kind kind, int itemsFailed, int failedBefore) {
    if (end != null || !has(index)) {
      return false;
    }
    if (index == Lease.COMPLETION) {
      var first = completion == null;
      completion = first ? kind : completion;
      return first;
    }
    if (states.isDone(index)) {
      return false;
    }
    states.done(index, kind == Outcome.Kind.FAILED);
    switch (kind) {
      case SUCCEEDED -> succeeded++;
      case FAILED -> failed++;
      case PARTIAL -> {
        succeeded++;
        partial++;
        failedItems = sum(failedItems, itemsFailed);
        firstPartial.add(index);
        if (firstPartial.size() > PARTIAL_KEPT) {
          firstPartial.removeLast();
        }
      }
    }
    if (index >= lastIndex) {
      lastIndex = index;
      last = kind;
    }
    failures(index, failedBefore);
    return true;
  }

  /**
   * Counts what is recorded of a batch's attempts, in place of what was recorded before.
   *
   * @return whether that was more than before
   */
  public boolean tried(int index, int failuresNow, int lossesNow) {
    if (index == Lease.COMPLETION || !has(index)) {
      return false;
    }
    var more = failures(index, failuresNow);
    var added = states.raiseLosses(index, lossesNow);
    lost = sum(lost, added);
    return more || added > 0;
  }

  // An outcome and an attempt record both know of failed attempts; the greater number is right.
  private boolean failures(int index, int now) {
    var added = states.raiseFailures(index, now);
    failedAttempts = sum(failedAttempts, added);
    return added > 0;
  }

  private static int sum(int before, int added) {
    return (int) Math.min(Integer.MAX_VALUE, (long) before + added);
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
    return index == Lease.COMPLETION ? completion != null : has(index) && states.isDone(index);
  }

  /** The first batch without an outcome from this index on; the total if there is none. */
  public int nextMissing(int from) {
    return states.nextMissing(from);
  }

  /** Indices of the batches that have failed, ascending, at most {@code limit} of them. */
  public List<Integer> failed(int limit) {
    var found = new ArrayList<Integer>();
    for (var index = states.nextFailed(0);
        index < states.total() && found.size() < Math.min(limit, failed);
        index = states.nextFailed(index + 1)) {
      found.add(index);
    }
    return found;
  }

  /**
   * Indices of the first batches with failed items, ascending.
   *
   * @param limit how many at most; never more than {@value #PARTIAL_KEPT}
   */
  public List<Integer> partial(int limit) {
    return firstPartial.stream().limit(limit).toList();
  }

  public Counts counts() {
    return new Counts(
        succeeded,
        failed,
        failedAttempts,
        lost,
        partial,
        failedItems,
        Optional.ofNullable(lastIndex == states.total() - 1 ? last : null),
        Optional.ofNullable(completion),
        Optional.ofNullable(end));
  }
}
