package dev.batchapi.queue;

import dev.batchapi.contract.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side of queue and ledger: the operator's, or the laptop's runner's.
 *
 * <p>Every method may throw {@link QueueUnavailableException}; nothing is half done then, and the
 * call can be repeated. {@link QueueAccessException} means that repeating is of no use.
 */
public interface Ledger extends AutoCloseable {

  /**
   * Begins to count a job, with all that is recorded of it already. Counts cost two bytes for each
   * batch at most; jobs that are not open cost nothing. Does nothing for an open job, except that
   * it may have more batches than before.
   *
   * @param total how many batches it has: whatever is recorded of others is garbage
   */
  void open(String job, int total);

  /** Ends the counting of a job; nothing of what is recorded changes. */
  void close(String job);

  /**
   * Publishes batches that have no outcome and are not already waiting or leased, as many as the
   * window has room for. Enqueuing, filling up, resuming after a restart and repairing are this one
   * function: it can be called at any time, and never doubles a batch. Opens the job. Does nothing
   * for a job that has its end record.
   *
   * @throws QueueFullException if the queue had no room for all of them; those published stay
   * @throws IllegalArgumentException if a payload is over {@link Payload#MAX_BYTES}
   */
  Enqueued enqueue(String job, Batches batches, Window window);

  /**
   * The same, of a job whose workers count on another lease than this ledger's own: that of its
   * acceptance.
   *
   * @param lease how long a lease lasts without being renewed; at least a second
   */
  default Enqueued enqueue(String job, Batches batches, Window window, Duration lease) {
    return enqueue(job, batches, window);
  }

  /**
   * The same with all batches at once.
   *
   * @return how many batches were published
   */
  default int enqueue(String job, Batches batches) {
    return enqueue(job, batches, Window.UNBOUNDED).published();
  }

  /**
   * Publishes the last piece of a job's work, {@code on_job_complete}; not again if it waits, is
   * leased or has its outcome. The job must be open.
   *
   * @param summary what the handler gets, as JSON
   */
  void enqueueCompletion(String job, byte[] summary);

  /**
   * Counts of a job that is open.
   *
   * @throws IllegalStateException if it is not
   */
  Counts counts(String job);

  /** What the workers of a job that runs have said of their waiting last; empty for nothing. */
  default Optional<Waiting> waiting(String job) {
    return Optional.empty();
  }

  /** What an open job's workers have written; {@link Usage#NONE} for another. */
  Usage usage(String job);

  /**
   * Reads a job's outcomes as they are recorded now: one after the other, never many in memory, in
   * the order in which the ledger has them.
   *
   * @param visitor gets each batch's index and outcome; not that of {@code on_job_complete}
   */
  default void outcomes(String job, OutcomeVisitor visitor) {
    outcomesWhile(
        job,
        (index, outcome) -> {
          visitor.visit(index, outcome);
          return true;
        });
  }

  /** The same, for who may have read enough before the last one. */
  void outcomesWhile(String job, OutcomeReader reader);

  /**
   * An open job's batches that have failed for good, known without reading an outcome's body:
   * {@link #outcome} reads those of the few that are shown.
   *
   * @param limit how many at most
   * @return their indices, ascending
   */
  List<Integer> failed(String job, int limit);

  /**
   * An open job's first batches some of whose items failed alone, known without reading bodies.
   *
   * @param limit how many at most; never more than {@link Tally#PARTIAL_KEPT}
   * @return their indices, ascending
   */
  List<Integer> partial(String job, int limit);

  /** The outcome of {@code on_job_complete} or of one batch; null if there is none. */
  @Nullable Outcome outcome(String job, int index);

  /**
   * Ends a job. The first end record stays. There is room for it when there is none for outcomes,
   * unless the server itself is full: then the job's waiting batches go first.
   *
   * @return the record that stands: the given one, or an earlier one
   */
  End end(String job, End end);

  /** Lets the job's workers know that no work will come: their next lease finds the end. */
  void retire(String job);

  /** Removes all that is recorded of a job but its end. Only for a job that has ended. */
  void discard(String job);

  /** Removes and forgets a job: its work, its outcomes, its end. Only when no worker is left. */
  void remove(String job);

  /** Jobs of which anything is left here, whoever has written it. */
  Set<String> jobs();

  /**
   * Changes whenever what was stored is not there any more (a new disk, streams deleted by hand):
   * the counts have started anew, and every running job has to be enqueued again. The listeners are
   * called for every open job. Means nothing across processes: whoever starts enqueues.
   */
  long epoch();

  /**
   * Calls the listener, soon and from a thread of the ledger's, when an open job's counts have
   * changed, or its usage much, and mostly when a splitter or a collector has ended. The listener
   * must be quick. Closing the registration ends the calls.
   */
  Registration onChange(Consumer<String> listener);

  @Override
  void close();

  /** Gets the outcomes of a job. */
  interface OutcomeVisitor {
    void visit(int index, Outcome outcome);
  }

  /** Gets the outcomes of a job, as long as it wants more. */
  interface OutcomeReader {
    /** Takes one, and says whether to go on. */
    boolean read(int index, Outcome outcome);
  }

  /** Ends a listener's calls. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
