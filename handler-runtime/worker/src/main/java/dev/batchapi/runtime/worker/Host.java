package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A host process whose handler is constructed. Used by one thread, except {@link #kill}. */
public interface Host extends AutoCloseable {

  /** Hands a batch, or some of its items, over and waits for the answer, until the deadline. */
  Answer handle(Call call);

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
