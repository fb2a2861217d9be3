package dev.batchapi.queue;

/**
 * What became of enqueuing a job.
 *
 * @param published batches that were put into the queue now
 * @param waiting batches that are in the queue now, those included that are leased
 * @param later batches that have no outcome and are not in the queue: there was no room for them in
 *     the window
 * @param refillAt when so many batches are done, the next ones should be enqueued; {@link
 *     Integer#MAX_VALUE} if there are none
 */
public record Enqueued(int published, int waiting, int later, int refillAt) {

  /** Of a job that has {@code done} batches now; half of a window is left when it is filled up. */
  public static Enqueued of(int published, int waiting, int later, int done) {
    return new Enqueued(
        published,
        waiting,
        later,
        later == 0 ? Integer.MAX_VALUE : done + Math.max(1, waiting / 2));
  }
}
