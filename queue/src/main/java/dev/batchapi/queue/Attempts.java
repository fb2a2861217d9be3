package dev.batchapi.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a batch's earlier deliveries. Kept only for batches that failed, were released
 * or were lost at least once.
 *
 * @param failures attempts that ended with an error; they count against {@code retry.maxAttempts}
 * @param losses deliveries that ended without a verdict: the worker was lost
 * @param releases deliveries that a worker gave back in order, when it was told to stop
 * @param waited seconds for which the handler has asked to be handed the batch later
 * @param errors the latest errors, oldest first, at most {@link #ERRORS_KEPT}
 */
public record Attempts(
    int failures, int losses, int releases, long waited, List<BatchError> errors) {
  public static final Attempts NONE = new Attempts(0, 0, 0, 0, List.of());
  public static final int ERRORS_KEPT = 3;

  /** Of a batch whose handler never asked to be handed it later. */
  public Attempts(int failures, int losses, int releases, List<BatchError> errors) {
    this(failures, losses, releases, 0, errors);
  }

  public Attempts {
    errors = List.copyOf(errors);
  }

  /** The number of the attempt that comes next, from 1. */
  public int next() {
    return failures + 1;
  }

  public Attempts plusFailure(BatchError error) {
    var kept = new ArrayList<>(errors);
    kept.add(error.bounded()); // three of them fit into one record
    var latest = kept.subList(Math.max(0, kept.size() - ERRORS_KEPT), kept.size());
    return new Attempts(failures + 1, losses, releases, waited, latest);
  }

  public Attempts plusRelease() {
    return new Attempts(failures, losses, releases + 1, waited, errors);
  }

  public Attempts plusWait(long seconds) {
    return new Attempts(failures, losses, releases, waited + seconds, errors);
  }

  public Attempts plusLosses(int lost) {
    return lost == 0 ? this : new Attempts(failures, losses + lost, releases, waited, errors);
  }
}
