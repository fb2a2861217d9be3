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

  /** The payload as it was enqueued; for {@link #COMPLETION} the summary. */
  byte[] payload();

  /**
   * What is known of earlier deliveries. The first delivery reads nothing for it; a redelivery
   * counts and records the deliveries that ended without a verdict.
   */
  Attempts attempts();

  /** Prolongs the lease to its full duration from now. Never throws; unsure is not renewed. */
  void renew();

  /** Whether the lease may have run out, as far as this side can know. */
  boolean mayHaveExpired();

  /**
   * Records a failed attempt, by compare-and-set.
   *
   * @return the attempts including this one
   */
  Attempts recordFailure(BatchError error);

  /** Records that the batch is given back in order, so that it does not count as a lost worker. */
  void recordRelease();

  /**
   * Makes the batch available again.
   *
   * @param delay after this time; zero is at once
   */
  void giveBack(Duration delay);

  /**
   * Writes the batch's outcome if it has none yet, then removes the batch from the queue.
   *
   * @return whether this outcome is the one that stands; false if there was one already
   */
  boolean commit(Outcome outcome);
}
