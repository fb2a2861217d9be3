package dev.batchapi.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles the batches of a job, one at a time.
 *
 * <p>The class is public and has one public constructor, called once per worker. It may ask for any
 * of these, by type and in any order: {@link JobSpec}, {@link MetricsClient}, and the configuration
 * as a {@code Map<String, Object>}, a record or a class that Jackson can bind. A field of the
 * configuration that the record or class doesn't have is refused, so that a misspelt one is found
 * before anything runs. A constructor that throws is tried again on other workers; three failures
 * without any outcome end the job.
 *
 * <p>Items may have more fields than {@code I}; items that {@code I} can't hold fail the batch for
 * good. If jackson-databind is on the handler's own class path, that version and the modules beside
 * it bind items and configuration and write results; otherwise a built-in one does, and its
 * annotations and tree model ({@code com.fasterxml.jackson}) can be used.
 *
 * <p>All methods are called on one thread, whose context class loader is the handler's. Whatever
 * they throw, errors such as {@link StackOverflowError} included, fails the attempt and not the
 * worker.
 *
 * <p>A handler that is also {@link AutoCloseable} is closed when its worker ends in order; it has
 * 30 seconds for that.
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
   *     may be shorter, and so is one whose failed items alone are tried again
   * @param batch which batch this is, and which attempt
   * @return the result, at most 256 KiB as JSON, 64 MiB in a job with an output; null is no result.
   *     A list (or an array) has one result for each item of the payload, else the batch fails; an
   *     {@link ItemResult} or a {@link Throwable} in it says what came of its item alone. With
   *     {@code handler.results: Batch} a list is the batch's one result, as anything else is.
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
