package dev.batchapi.queue.memory;

import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.StoredResult;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job's outcomes: their bodies in the spool, 16 bytes of memory for each batch. Not thread-safe;
 * {@link Kept#read} needs no lock.
 */
final class Outcomes {
  // Entries are index + 1: on_job_complete has the index -1.
  private final BitSet known = new BitSet();
  private final BitSet failed = new BitSet();
  private final BitSet partial = new BitSet();

  /** Of those that are not in the spool: none, where it takes results of any size. */
  private final Map<Integer, StoredResult> stored = new HashMap<>();

  private long[] from = new long[64];
  private int[] length = new int[64];
  private int[] attempts = new int[64];

  /** An outcome whose body is still in the spool. */
  record Kept(Outcome.Kind kind, int attempts, Spool.Span body, @Nullable StoredResult stored) {
    Outcome read(Spool spool) {
      var bytes = spool.read(body);
      var failedItems =
          kind == Outcome.Kind.PARTIAL ? ItemOutcomes.fromJson(bytes).errors().size() : 0;
      return new Outcome(kind, attempts, failedItems, bytes, stored);
    }
  }

  void put(int index, Kept outcome) {
    var at = index + 1;
    if (at >= from.length) {
      var room = Math.max(at + 1, from.length * 2);
      from = Arrays.copyOf(from, room);
      length = Arrays.copyOf(length, room);
      attempts = Arrays.copyOf(attempts, room);
    }
    known.set(at);
    failed.set(at, outcome.kind == Outcome.Kind.FAILED);
    partial.set(at, outcome.kind == Outcome.Kind.PARTIAL);
    from[at] = outcome.body.from();
    length[at] = outcome.body.length();
    attempts[at] = outcome.attempts;
    if (outcome.stored != null) {
      stored.put(at, outcome.stored);
    }
  }

  void remove(int index) {
    known.clear(index + 1);
    stored.remove(index + 1);
  }

  @Nullable Kept get(int index) {
    var at = index + 1;
    return !known.get(at)
        ? null
        : new Kept(
            failed.get(at)
                ? Outcome.Kind.FAILED
                : partial.get(at) ? Outcome.Kind.PARTIAL : Outcome.Kind.SUCCEEDED,
            attempts[at],
            new Spool.Span(from[at], length[at]),
            stored.get(at));
  }

  /** The batches that have one, as a copy; without {@code on_job_complete}. */
  int[] batches() {
    return known.stream().filter(at -> at > 0).map(at -> at - 1).toArray();
  }

  void clear() {
    known.clear();
    failed.clear();
    partial.clear();
    stored.clear();
  }
}
