package dev.batchapi.queue;

import dev.batchapi.queue.End.Verdict;
import org.jspecify.annotations.Nullable;

/** What a job's owner has to do next, decided from the counts alone. */
public sealed interface NextStep {

  /** Batches are still to be done. */
  record KeepGoing() implements NextStep {}

  /** Every batch has its outcome: {@code on_job_complete} comes next. */
  record RunCompletion() implements NextStep {}

  /** The job is over. */
  record Finish(Verdict verdict, String message) implements NextStep {}

  /** Failed attempts without any success that a job with {@code maxFailedBatches} has at least. */
  int FRUITLESS_ATTEMPTS = 30;

  /**
   * What follows from the counts.
   *
   * @param items what the counts mean for the job's items
   * @param total how many batches the job has
   * @param maxFailedBatches more failed batches than this end the job early; null for no limit
   * @param maxFailedItems the same for items
   * @param maxAttempts failed attempts after which a batch is failed, at least 1
   */
  static NextStep of(
      Counts counts,
      ItemCounts items,
      int total,
      @Nullable Integer maxFailedBatches,
      @Nullable Integer maxFailedItems,
      int maxAttempts) {
    if (maxFailedBatches != null && counts.failed() > maxFailedBatches) {
      return new Finish(
          Verdict.TooManyFailures,
          "%d of %d batches failed, more than the %d that maxFailedBatches allows."
              .formatted(counts.failed(), total, maxFailedBatches));
    }
    if (maxFailedItems != null && items.failed() > maxFailedItems) {
      return new Finish(
          Verdict.TooManyFailures,
          "%,d of %,d items failed, more than the %,d that maxFailedItems allows."
              .formatted(items.failed(), items.total(), maxFailedItems));
    }
    if (maxFailedBatches != null && isFruitless(counts, maxFailedBatches, maxAttempts)) {
      return new Finish(
          Verdict.TooManyFailures,
          "Not one of %d batches has succeeded and %,d attempts have failed, as many as it takes to fail more batches than the %d that maxFailedBatches allows."
              .formatted(total, counts.failedAttempts(), maxFailedBatches));
    }
    if (counts.done() < total) {
      return new KeepGoing();
    }
    if (counts.completion().isEmpty()) {
      return new RunCompletion();
    }
    if (counts.completion().get() == Outcome.Kind.FAILED) {
      return new Finish(
          Verdict.OnJobCompleteFailed,
          "Every batch has its outcome (%d succeeded, %d failed), but on_job_complete failed."
              .formatted(counts.succeeded(), counts.failed()));
    }
    if (counts.failed() > 0) {
      return new Finish(
          Verdict.BatchesFailed,
          "%d of %d batches failed%s."
              .formatted(
                  counts.failed(),
                  total,
                  counts.failedItems() == 0
                      ? ""
                      : ", and %,d items of other batches".formatted(counts.failedItems())));
    }
    if (counts.failedItems() > 0) {
      return new Finish(
          Verdict.ItemsFailed,
          "%,d of %,d items failed, in %,d of %,d batches."
              .formatted(counts.failedItems(), items.total(), counts.partial(), total));
    }
    return new Finish(
        Verdict.Complete,
        total == 1 ? "The batch succeeded." : "All %d batches succeeded.".formatted(total));
  }

  /**
   * Whether to stop before the batches have had their last attempts. Every batch has its first one
   * before any has its last, so that a handler that always throws would cost one pass over the
   * whole input. Here it costs what the batches too many would have cost one after the other.
   */
  private static boolean isFruitless(Counts counts, int maxFailedBatches, int maxAttempts) {
    var enough = Math.max(FRUITLESS_ATTEMPTS, (maxFailedBatches + 1L) * maxAttempts);
    return counts.succeeded() == 0 && counts.failedAttempts() >= enough;
  }
}
