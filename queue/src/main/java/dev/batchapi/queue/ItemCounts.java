package dev.batchapi.queue;

/**
 * What became of a job's items.
 *
 * @param total how many it has
 * @param succeeded those of batches that succeeded, less those that failed alone
 * @param failed those that failed alone, and all of batches that failed as a whole
 */
public record ItemCounts(int total, int succeeded, int failed) {

  /**
   * Counts items by what is known of their batches.
   *
   * @param items how many the job has
   * @param batchSize how many each batch has, but for the last
   */
  public static ItemCounts of(Counts counts, int items, int batchSize) {
    var batches = Math.ceilDiv((long) items, batchSize);
    var missing = batches * batchSize - items;
    var lastFailed = counts.last().filter(kind -> kind == Outcome.Kind.FAILED).isPresent();
    var lastDone = counts.last().isPresent();
    var inFailed = (long) counts.failed() * batchSize - (lastFailed ? missing : 0);
    var done = (long) counts.done() * batchSize - (lastDone ? missing : 0);
    // What workers write may be nonsense; the numbers make sense even so.
    var failed = Math.clamp(inFailed + counts.failedItems(), 0, Math.clamp(done, 0, items));
    return new ItemCounts(items, Math.clamp(done - failed, 0, Math.max(0, items - failed)), failed);
  }
}
