package dev.batchapi.queue.jetstream;

import java.time.Duration;

/**
 * What may differ between installations; owner and workers need the same lease.
 *
 * @param lease how long a lease lasts without being renewed; at least a second
 * @param patience how long one call tries before it throws; at least a second
 * @param replicas copies of each stream: 1, 3 or 5
 * @param workBytes room for batches that wait; -1: what the server has
 * @param outBytes room for outcomes; -1: what the server has
 * @param tryBytes room for what is known of failed attempts; -1: what the server has
 * @param splitBytes room for where batches of files lie; -1: what the server has
 */
public record JetStreamSettings(
    Duration lease,
    Duration patience,
    int replicas,
    long workBytes,
    long outBytes,
    long tryBytes,
    long splitBytes) {
  public static final JetStreamSettings DEFAULT =
      new JetStreamSettings(Duration.ofSeconds(15), Duration.ofSeconds(10), 1, -1, -1, -1, -1);

  public JetStreamSettings {
    if (lease.toMillis() < 1000 || patience.toMillis() < 1000) {
      throw new IllegalArgumentException(
          "A lease (%s) and the patience of a call (%s) last a second at least."
              .formatted(lease, patience));
    }
  }

  public JetStreamSettings withLease(Duration longer) {
    return new JetStreamSettings(
        longer, patience, replicas, workBytes, outBytes, tryBytes, splitBytes);
  }

  public JetStreamSettings withPatience(Duration longer) {
    return new JetStreamSettings(
        lease, longer, replicas, workBytes, outBytes, tryBytes, splitBytes);
  }

  public JetStreamSettings withWorkBytes(long bytes) {
    return new JetStreamSettings(lease, patience, replicas, bytes, outBytes, tryBytes, splitBytes);
  }

  public JetStreamSettings withTryBytes(long bytes) {
    return new JetStreamSettings(lease, patience, replicas, workBytes, outBytes, bytes, splitBytes);
  }

  /**
   * Divides what may be stored: half for outcomes, which stay as long as their job, a fifth for
   * waiting batches, one for where batches of files lie, and a tenth for failed attempts.
   *
   * @param bytes of all streams together; the server must have them
   */
  public JetStreamSettings withStorage(long bytes) {
    return new JetStreamSettings(
        lease, patience, replicas, bytes / 5, bytes / 2, bytes / 10, bytes / 5);
  }

  JetStreamSettings unbounded() {
    return new JetStreamSettings(lease, patience, replicas, -1, -1, -1, -1);
  }
}
