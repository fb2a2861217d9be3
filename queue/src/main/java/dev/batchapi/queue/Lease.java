package dev.batchapi.queue;

import java.time.Duration;

/**
 * One batch in a worker's hands. Used by one thread, except {@link #renew}.
 *
 * <p>Ends with {@link #commit} or {@link #giveBack}, or by running out: then the batch goes to
 * another worker, and of this one only {@code commit} still has an effect, if it is the first.
 */
public interface Lease {
  /** The index that stands for {@code on_job_complete}. */
  int COMPLETION = -1;

  /** The batch's index, or {@link #COMPLETION}. */
  int index();

  /**
   * How many of the job's batches waited for a worker when this one was taken, as far as is known;
   * 0 if nothing is.
   */
  default int waiting() {
    return 0;
  }

  /** The payload as it was enqueued; for {@link #COMPLETION} the summary. */
  byte[] payload();

  /**
   * What is known of earlier deliveries. The first delivery reads nothing for it; a redelivery
   * counts and records the deliveries that ended without a verdict. To be asked before the batch is
   * handled, so that a batch that takes its worker down is known for it.
   */
  Attempts attempts();

  /**
   * Prolongs the lease to its full duration from now. Never throws; unsure is not renewed, nor is
   * one that was given back or committed.
   */
  void renew();

  /** Whether the lease has ended or may have run out, as far as this side can know. */
  boolean mayHaveExpired();

  /**
   * Records a failed attempt, by compare-and-set. Every delivery counts once: called again, or when
   * another worker has counted this delivery as lost already, it changes nothing.
   *
   * @return the attempts as they are recorded now
   */
  Attempts recordFailure(BatchError error);

  /** Records that the batch is given back in order, so that it does not count as a lost worker. */
  void recordRelease();

  /**
   * Records that the handler asked for the batch later, so that it counts neither as an attempt nor
   * as a lost worker.
   *
   * @param seconds for how long it did in this delivery
   */
  void recordWait(long seconds);

  /**
   * Makes the batch available again. Does nothing once the lease may have run out.
   *
   * @param delay after this time; zero is at once
   */
  void giveBack(Duration delay);

  /**
   * Writes the batch's outcome if it has none yet, then removes the batch from the queue.
   *
   * @return whether this outcome is the one that stands; false if there was one already. One that
   *     comes after the job's end does not count, whatever is returned.
   */
  boolean commit(Outcome outcome);
}
