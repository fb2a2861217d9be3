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
 */
public record JobSummary(
    int total,
    int succeeded,
    int failed,
    int failedAttempts,
    List<String> failedBatchIds,
    Optional<String> output) {

  /** Of a job without output. */
  public JobSummary(
      int total, int succeeded, int failed, int failedAttempts, List<String> failedBatchIds) {
    this(total, succeeded, failed, failedAttempts, failedBatchIds, Optional.empty());
  }
}
