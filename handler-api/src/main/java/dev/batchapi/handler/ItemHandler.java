package dev.batchapi.handler;

import org.jspecify.annotations.Nullable;

/**
 * Handles the items of a job one by one; what {@link BatchHandler} says of a handler's class, its
 * constructor and its types is true here as well.
 *
 * <p>With {@code handler.concurrency} greater than 1 that many items of a batch are handled at
 * once, each on a virtual thread of its own, so that {@link #handle} must be safe for that. With 1,
 * the default, all methods are called on one thread.
 *
 * @param <I> the type of one item: any type that Jackson can bind, usually a record
 * @param <R> the type of one item's result: any type that Jackson can write
 */
public interface ItemHandler<I, R> {

  /**
   * Handles one item. It is handled at least once and recorded exactly once: after a crash it may
   * run again.
   *
   * @param item one of the job's items
   * @param context which one, and which attempt
   * @return its result; null is none
   * @throws FatalBatchException to fail the item for good
   * @throws Exception to fail this attempt of this item alone; it is retried, with backoff, up to
   *     {@code retry.maxAttempts} times
   */
  @Nullable R handle(I item, ItemContext context) throws Exception;

  /**
   * Called on one worker when every batch of the job has its outcome; at least once, recorded once.
   *
   * @param summary how the batches ended
   * @throws Exception to fail this attempt, as {@link BatchHandler#onJobComplete} says
   */
  default void onJobComplete(JobSummary summary) throws Exception {}
}
