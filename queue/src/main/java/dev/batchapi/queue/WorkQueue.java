package dev.batchapi.queue;

import java.time.Duration;
import java.util.Optional;

/**
 * A worker's side of queue and ledger: the work of one job, and no way to reach another's.
 *
 * <p>Every method may throw {@link QueueUnavailableException}; the call can be repeated. {@link
 * QueueAccessException} means that repeating is of no use: the worker has to end.
 */
public interface WorkQueue extends AutoCloseable {

  /**
   * Takes one batch, or waits for one. It is this worker's until the lease runs out; {@link
   * Lease#renew} prolongs it.
   *
   * @param wait how long to wait at most; empty lists of work and a job that has ended are noticed
   *     at once
   * @return empty if there was nothing in that time, or the job has ended: see {@link #ended}
   */
  Optional<Lease> lease(Duration wait) throws InterruptedException;

  /**
   * The same for who does not ask again at once. A batch that comes a little late is returned; none
   * that comes later lies here, its lease running out, to be taken for a fresh one by the next
   * asking.
   */
  default Optional<Lease> leaseOnce(Duration wait) throws InterruptedException {
    return lease(wait);
  }

  /** The job's end record, once there is one. */
  Optional<End> ended();

  /**
   * Reserves permits of the job's rate limit: the next ones in line, for now or for later. May be
   * called by any thread.
   *
   * @param permits how many, 1 to {@code rate.most()}
   */
  Reservation reserve(Rate rate, int permits);

  /**
   * Gives back the last of a reservation's permits, unused, if nobody has reserved any since; else
   * they stay used up.
   *
   * @param permits how many of them
   */
  void giveBack(Reservation.Made reserved, int permits);

  /**
   * Tells the job's owner that this worker waits most of the time. Best effort, and asked once: it
   * is to be said again as long as it is so.
   *
   * @param why in the handler's own words; they are cut
   */
  default void tellWaiting(Waiting.For what, String why) {}

  /**
   * Says why one of the job's workers waits for a store, in place of what was said before. Never
   * waits and never fails: it may get lost, and is said again as long as it is so.
   *
   * @param words the store's, of which {@value Splits#PROGRESS_BYTES} bytes are kept; empty: this
   *     worker waits no more
   */
  default void waitsForStore(String words) {}

  /** How long a lease lasts without being renewed. */
  Duration leaseDuration();

  @Override
  void close();
}
