package dev.batchapi.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles the batches of a job, one at a time.
 *
 * <p>The class needs one public constructor, called once per worker. It may ask for any of these,
 * by type and in any order: {@link JobSpec}, {@link MetricsClient}, and the configuration as a
 * {@code Map<String, Object>}, a record or a class that Jackson can bind. A constructor that throws
 * is tried again on other workers; three failures without any outcome end the job.
 *
 * <p>A handler that is also {@link AutoCloseable} is closed when its worker ends in order.
 *
 * @param <I> the type of one item: any type that Jackson can bind, usually a record
 * @param <R> the type of a batch's result: any type that Jackson can write
 */
public interface BatchHandler<I, R> {

  /**
   * Handles one batch. A batch is handled at least once and recorded exactly once: after a crash it
   * may run again.
   *
   * @param payload the items of the batch, 1 to {@code batchSize} of them; the last batch of a job
   *     may be shorter
   * @param batch which batch this is, and which attempt
   * @return the result, at most 256 KiB as JSON; a list as long as the payload is read as one
   *     result per item; null is no result
   * @throws FatalBatchException to fail the batch for good
   * @throws Exception to fail this attempt; it is retried, with backoff, up to {@code
   *     retry.maxAttempts} times
   */
  @Nullable R handleBatch(List<I> payload, BatchContext batch) throws Exception;

  /**
   * Called on one worker when every batch of the job has its outcome; at least once, recorded once.
   *
   * @param summary how the batches ended
   * @throws Exception to fail this attempt; it is retried like a batch, and the job fails with
   *     reason {@code OnJobCompleteFailed} when no attempt is left
   */
  default void onJobComplete(JobSummary summary) throws Exception {}
}
