package dev.batchapi.queue;

import org.jspecify.annotations.Nullable;

/**
 * A job that has ended, as its collector sees it.
 *
 * <p>Every method may throw {@link QueueUnavailableException}; the call can be repeated then.
 */
public interface RecordedJob {

  /**
   * Reads what was recorded before the job's end, by index; batches without an outcome are passed
   * over.
   *
   * @param batches how many the job has
   * @throws IllegalStateException if the job has no end
   */
  void read(int batches, Ledger.OutcomeReader taker);

  /**
   * What one of the job's splitters has written.
   *
   * @param splitter which of them, from 0
   * @return null if there is none of this name
   */
  byte @Nullable [] split(int splitter, String name);

  /**
   * Says how far the collector is, in place of what it said before. Never waits and never fails: it
   * may get lost.
   *
   * @param body up to {@value Splits#PROGRESS_BYTES} bytes
   */
  void progress(byte[] body);

  /**
   * Writes how the collecting ended, once.
   *
   * @throws QueueFullException if the queue has no room for it
   */
  void end(byte[] record);
}
