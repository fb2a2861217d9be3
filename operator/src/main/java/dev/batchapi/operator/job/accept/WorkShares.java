package dev.batchapi.operator.job.accept;

import dev.batchapi.operator.queue.QueueShares;
import dev.batchapi.queue.Window;
import java.util.HashMap;
import java.util.Map;

/**
 * Divides the room for waiting batches among jobs and namespaces. Who comes late gets little, but
 * always enough that the job's workers have something to do; with every refill the shares move.
 * Thread-safe.
 */
public final class WorkShares {
  /** A job that finds no room may have so many batches in the queue all the same. */
  private static final int SMALLEST = 100;

  private record Share(String namespace, int waiting) {}

  private final QueueShares limits;
  private final Map<String, Share> shares = new HashMap<>();

  public WorkShares(QueueShares limits) {
    this.limits = limits;
  }

  /**
   * What a job may have waiting now. Counts as taken until {@link #has} says what it took.
   *
   * @param workers each of which finds its next batch in the queue, whatever the room
   */
  public synchronized Window window(String job, String namespace, int workers) {
    var inAll = 0L;
    var inNamespace = 0L;
    for (var other : shares.entrySet()) {
      if (!other.getKey().equals(job)) {
        inAll += other.getValue().waiting();
        inNamespace +=
            other.getValue().namespace().equals(namespace) ? other.getValue().waiting() : 0;
      }
    }
    var room =
        Math.min(
            limits.waitingOfJob(),
            Math.min(limits.waitingInAll() - inAll, limits.waitingOfNamespace() - inNamespace));
    var least = 2 * Math.max(1, workers);
    var batches = (int) Math.max(room, Math.max(SMALLEST, least));
    shares.put(job, new Share(namespace, batches));
    return new Window(batches, least, limits.waitingBytesOfJob());
  }

  /** So many of a job's batches are in the queue. */
  public synchronized void has(String job, int waiting) {
    shares.computeIfPresent(job, (uid, share) -> new Share(share.namespace(), waiting));
  }

  public synchronized void forget(String job) {
    shares.remove(job);
  }
}
