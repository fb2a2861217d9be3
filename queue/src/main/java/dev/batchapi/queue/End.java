package dev.batchapi.queue;

import java.time.Instant;

/**
 * The end of a job, written once by its owner. Outcomes that come after it do not count.
 *
 * @param verdict how the job ended
 * @param message one or two sentences for people
 * @param at when the owner decided
 */
public record End(Verdict verdict, String message, Instant at) {

  /** How a job can end: the reason of its {@code Complete} or {@code Failed} condition. */
  public enum Verdict {
    /** Every batch succeeded. */
    Complete,
    /** Every batch has its outcome, and some failed. */
    BatchesFailed,
    /** Every batch has its outcome, and of some only items failed. */
    ItemsFailed,
    /**
     * More batches or items failed than {@code maxFailedBatches} or {@code maxFailedItems} allow.
     */
    TooManyFailures,
    /** {@code timeouts.runSeconds} passed. */
    DeadlineExceeded,
    /** Someone cancelled it. */
    Cancelled,
    /** The handler can't be used: missing class, wrong signature, syntax error. */
    HandlerInvalid,
    /** Workers end again and again without any progress. */
    WorkersFailed,
    /** Every batch has its outcome, but {@code on_job_complete} failed. */
    OnJobCompleteFailed,
    /** What was frozen at its acceptance is not what is there now. */
    RunTampered,
    /** Its workers wrote to the queue what no worker of ours writes, or more than a job may. */
    QueueMisused;

    /** Whether the job ended because every batch, and {@code on_job_complete}, had its outcome. */
    public boolean isOfAllBatches() {
      return this == Complete || this == BatchesFailed || this == ItemsFailed;
    }
  }
}
