package dev.batchapi.queue;

import java.util.Optional;

/**
 * What the ledger says of a job, and nothing else does.
 *
 * @param succeeded batches with a result, or with a result or an error for each item
 * @param failed batches that failed for good
 * @param failedAttempts attempts that failed, of all batches, those that were retried included
 * @param lost deliveries that ended without a verdict
 * @param partial batches, among the succeeded ones, some of whose items failed alone
 * @param failedItems how many items did, of all these batches
 * @param last how the job's last batch ended, which may have fewer items; empty as long as it
 *     hasn't
 * @param completion how {@code on_job_complete} ended; empty as long as it hasn't
 * @param end the end record; empty as long as the job runs
 */
public record Counts(
    int succeeded,
    int failed,
    int failedAttempts,
    int lost,
    int partial,
    int failedItems,
    Optional<Outcome.Kind> last,
    Optional<Outcome.Kind> completion,
    Optional<End> end) {
  /** Of a job none of whose items failed alone. */
  public Counts(
      int succeeded,
      int failed,
      int failedAttempts,
      int lost,
      Optional<Outcome.Kind> completion,
      Optional<End> end) {
    this(succeeded, failed, failedAttempts, lost, 0, 0, Optional.empty(), completion, end);
  }

  public static final Counts NONE = new Counts(0, 0, 0, 0, Optional.empty(), Optional.empty());

  /** Batches with an outcome. */
  public int done() {
    return succeeded + failed;
  }
}
