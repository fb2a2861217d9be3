package dev.batchapi.handler;

import java.util.List;
import java.util.Optional;

/**
 * How a job's batches ended.
 *
 * @param total how many batches the job has; {@code succeeded + failed}
 * @param succeeded batches with a result
 * @param failed batches without one, after their last attempt
 * @param failedAttempts attempts that failed, of all batches
 * @param failedBatchIds ids of the failed batches, at most the first 1,000, by index
 * @param output URL of the folder that the job's results are written to, once {@code onJobComplete}
 *     has returned; empty for a job without {@code output}
 * @param items what became of its items, those that failed alone included
 */
public record JobSummary(
    int total,
    int succeeded,
    int failed,
    int failedAttempts,
    List<String> failedBatchIds,
    Optional<String> output,
    Items items) {

  /**
   * What became of a job's items.
   *
   * @param total how many the job has
   * @param succeeded those that have not failed
   * @param failed those that failed alone, and all of batches that failed as a whole
   */
  public record Items(int total, int succeeded, int failed) {}

  /** Of a job without output, for tests; its items are not counted. */
  public JobSummary(
      int total, int succeeded, int failed, int failedAttempts, List<String> failedBatchIds) {
    this(
        total,
        succeeded,
        failed,
        failedAttempts,
        failedBatchIds,
        Optional.empty(),
        new Items(0, 0, 0));
  }
}
