package dev.batchapi.operator.queue;

import dev.batchapi.operator.pod.Program;
import dev.batchapi.queue.Splits;
import java.time.Instant;

/** What the queue is for splitters and collectors. */
public interface ProgramQueue {
  /**
   * What they have written. Don't keep it, as with {@link JobQueue#ledger}.
   *
   * @throws dev.batchapi.queue.QueueUnavailableException at once if the queue can't be reached now
   */
  Splits splits();

  /**
   * Credentials of a job's splitters or collectors, as {@link JobQueue#workerCredentials}.
   *
   * @param expires from then on they are refused
   * @return the contents of a credentials file
   */
  String credentials(Program program, String namespace, String uid, Instant expires);

  /**
   * Ends the credentials of a job's splitters or collectors, within some seconds. Harmless when
   * repeated.
   *
   * @param at when they were last of use: nothing is done if the last of them have run out since
   */
  void revoke(Program program, String namespace, String uid, Instant at);
}
