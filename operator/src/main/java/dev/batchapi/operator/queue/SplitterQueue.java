package dev.batchapi.operator.queue;

import dev.batchapi.queue.Splits;
import java.time.Instant;

/** What the queue is for the splitting of jobs' files. */
public interface SplitterQueue {
  /**
   * What splitters have written. Don't keep it, as with {@link JobQueue#ledger}.
   *
   * @throws dev.batchapi.queue.QueueUnavailableException at once if the queue can't be reached now
   */
  Splits splits();

  /**
   * Credentials of a job's splitters, as {@link JobQueue#workerCredentials}.
   *
   * @param expires from then on they are refused
   * @return the contents of a credentials file
   */
  String splitterCredentials(String namespace, String uid, Instant expires);

  /**
   * Ends the credentials of a job's splitters, within some seconds. Harmless when repeated.
   *
   * @param at when they were last of use: nothing is done if the last of them have run out since
   */
  void revokeSplitter(String namespace, String uid, Instant at);
}
