package dev.batchapi.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What splitters have written of jobs' inputs, as the owner reads it: records by name, each written
 * once. A job's splitters are told apart by their attempt, for what one begins another does not go
 * on with.
 *
 * <p>Every method may throw {@link QueueUnavailableException}; the call can be repeated then.
 */
public interface Splits {

  /**
   * One record.
   *
   * @param attempt which of the job's splitters wrote it, from 0
   * @return null if there is none of this name
   */
  byte @Nullable [] read(String job, int attempt, String name);

  /**
   * The record of one of a job's collectors.
   *
   * @param attempt which of them, from 0
   * @return null if it has written none
   */
  byte @Nullable [] collected(String job, int attempt);

  /** How far one of a job's splitters says it is; null: it has said nothing. */
  @Nullable SaidProgress splitProgress(String job, int attempt);

  /** How far one of a job's collectors says it is; null: it has said nothing. */
  @Nullable SaidProgress collectProgress(String job, int attempt);

  /**
   * Why one of a job's workers waits for a store, as it has said it last; an empty body: it waits
   * no more. Null: none has said anything for a day.
   */
  @Nullable SaidProgress waitsForStore(String job);

  /** Removes what a job's splitters and collectors have said of how far they are. */
  void forgetProgress(String job);

  /** How many records a splitter has written so far. */
  int written(String job, int attempt);

  /** How many records there are of a job, also such as no splitter of ours writes. */
  int written(String job);

  /** Removes what all splitters of a job have written. */
  void forget(String job);

  /** Of what a program says of how far it is. */
  int PROGRESS_BYTES = 1024;

  /** The owner's own number among a job's splitters, which none of them has. */
  int OWNER = 999_999_999;

  /**
   * Writes a record as the owner, if there is none of its name.
   *
   * @throws QueueFullException if the queue has no room for it
   */
  void write(String job, String name, byte[] record);

  /** Writes the records of one splitter. */
  interface Writer extends AutoCloseable {
    /**
     * Writes one, if there is none of its name.
     *
     * @throws QueueFullException if the queue has no room for it
     * @throws QueueAccessException if the queue refuses for good
     */
    void write(String name, byte[] record);

    /**
     * Says how far the splitter is, in place of what it said before. Never waits and never fails:
     * it may get lost.
     *
     * @param body up to {@value Splits#PROGRESS_BYTES} bytes
     */
    void progress(byte[] body);

    @Override
    void close();
  }

  /** The jobs of which anything is there. */
  List<String> jobsWithSplits();
}
