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

  /**
   * Decides.
   *
   * @param counts of the job
   * @param total how many batches it has
   * @param maxFailedBatches more failed batches than this end the job early; null for no limit
   */
  static NextStep of(Counts counts, int total, @Nullable Integer maxFailedBatches) {
    if (maxFailedBatches != null && counts.failed() > maxFailedBatches) {
      return new Finish(
          Verdict.TooManyFailures,
          "%d of %d batches failed, more than the %d that maxFailedBatches allows."
              .formatted(counts.failed(), total, maxFailedBatches));
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
          Verdict.BatchesFailed, "%d of %d batches failed.".formatted(counts.failed(), total));
    }
    return new Finish(
        Verdict.Complete,
        total == 1 ? "The batch succeeded." : "All %d batches succeeded.".formatted(total));
  }
}
