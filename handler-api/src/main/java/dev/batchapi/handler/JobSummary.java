package dev.batchapi.handler;

import java.util.List;

/**
 * How a job's batches ended.
 *
 * @param total how many batches the job has; {@code succeeded + failed}
 * @param succeeded batches with a result
 * @param failed batches without one, after their last attempt
 * @param failedAttempts attempts that failed, of all batches
 * @param failedBatchIds ids of the failed batches, at most the first 1,000, by index
 */
public record JobSummary(
    int total, int succeeded, int failed, int failedAttempts, List<String> failedBatchIds) {}
