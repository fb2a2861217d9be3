package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A host process whose handler is constructed. Used by one thread, except {@link #kill}. */
public interface Host extends AutoCloseable {

  /**
   * Hands one batch over and waits for its answer, until the deadline.
   *
   * @param id the batch's id, as the handler sees it
   * @param index position of the batch
   * @param attempt from 1
   * @param deadline when the batch timeout passes; empty without one
   * @param payload a JSON array
   */
  Answer handle(String id, int index, int attempt, Optional<Instant> deadline, byte[] payload);

  /** Runs {@code on_job_complete}. */
  Answer complete(Optional<Instant> deadline, byte[] summary);

  /** How long the handler's construction took. */
  default Duration construction() {
    return Duration.ZERO;
  }

  /** Whether whoever started the process starts another one after {@link #replace}. */
  default boolean replaceable() {
    return false;
  }

  /**
   * Lets the handler close and the process end, as {@link #close} does, so that another one takes
   * its place: the {@link HostSource}'s next host.
   */
  default void replace() {
    close();
  }

  /** Whether the process is still there. */
  boolean alive();

  /** Ends the process at once. A call that waits for it answers {@link Answer.Died}. */
  void kill();

  /** Lets the handler close and the process end, within a few seconds; then ends it. */
  @Override
  void close();
}
