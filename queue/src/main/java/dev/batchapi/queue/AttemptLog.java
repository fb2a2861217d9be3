package dev.batchapi.queue;

/**
 * Counts each delivery of a batch exactly once: as a failure, a release or a loss.
 *
 * <p>It remembers the latest delivery it has counted. So a delivery that nobody gave a verdict on
 * is a loss by the time a later one looks, and a holder that comes too late, or repeats itself
 * because an answer was lost, changes nothing.
 *
 * @param attempts what was counted
 * @param enqueued tells one enqueuing of the batch from a later one, whose deliveries start at 1
 *     again; later ones are greater
 * @param delivery the latest delivery of that enqueuing that was counted; 0 for none
 */
public record AttemptLog(Attempts attempts, long enqueued, int delivery) {
  public static final AttemptLog EMPTY = new AttemptLog(Attempts.NONE, 0, 0);

  /** Counts every delivery before this one that has no verdict as lost. */
  public AttemptLog seenAt(long enqueuing, int current) {
    var counted = enqueuing == enqueued ? delivery : 0;
    var lost = current - 1 - counted;
    return enqueuing < enqueued || lost <= 0
        ? this
        : new AttemptLog(attempts.plusLosses(lost), enqueuing, current - 1);
  }

  /** Counts this delivery as a failed attempt. */
  public AttemptLog failedAt(long enqueuing, int current, BatchError error) {
    return isCounted(enqueuing, current)
        ? this
        : new AttemptLog(
            seenAt(enqueuing, current).attempts.plusFailure(error), enqueuing, current);
  }

  /** Counts this delivery as given back in order. */
  public AttemptLog releasedAt(long enqueuing, int current) {
    return isCounted(enqueuing, current)
        ? this
        : new AttemptLog(seenAt(enqueuing, current).attempts.plusRelease(), enqueuing, current);
  }

  /** Counts this delivery as one that is to be had again so many seconds later. */
  public AttemptLog postponedAt(long enqueuing, int current, long seconds) {
    return isCounted(enqueuing, current)
        ? this
        : new AttemptLog(seenAt(enqueuing, current).attempts.plusWait(seconds), enqueuing, current);
  }

  private boolean isCounted(long enqueuing, int current) {
    return enqueuing < enqueued || (enqueuing == enqueued && current <= delivery);
  }
}
