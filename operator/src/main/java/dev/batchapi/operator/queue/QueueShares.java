package dev.batchapi.operator.queue;

/**
 * How much of the queue a job, a namespace and all of them together may take.
 *
 * @param storageBytes of all streams together; 0: what the server has
 * @param jobBytes what the workers of one job may write; 0: what {@code storageBytes} allows
 * @param waitingInAll batches that wait in the queue, of all jobs
 * @param waitingOfNamespace the same of one namespace's jobs
 * @param waitingOfJob the same of one job
 * @param waitingBytesOfJob payload of a job that waits
 */
public record QueueShares(
    long storageBytes,
    long jobBytes,
    int waitingInAll,
    int waitingOfNamespace,
    int waitingOfJob,
    long waitingBytesOfJob) {
  private static final long MIB = 1 << 20;

  public static final QueueShares DEFAULT = ofMib(0, 0, 200_000, 100_000, 20_000, 64);

  /** The same with sizes in MiB. */
  public static QueueShares ofMib(
      int storage, int job, int inAll, int ofNamespace, int ofJob, int waitingOfJob) {
    return new QueueShares(storage * MIB, job * MIB, inAll, ofNamespace, ofJob, waitingOfJob * MIB);
  }
}
