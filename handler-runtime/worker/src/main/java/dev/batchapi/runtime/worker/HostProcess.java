package dev.batchapi.runtime.worker;

import java.time.Duration;

/** The process behind a host, as far as this side can see and end it. */
public interface HostProcess {

  /** Ends it at once, and what it started. */
  void kill();

  /**
   * Waits for its end.
   *
   * @return whether it ended within the time
   */
  boolean awaitEnd(Duration atMost);

  /** Its connection has ended: all there is to see of a process in another container. */
  default void disconnected() {}

  /** How it ended, for people, such as {@code exit code 139 (SIGSEGV)}; called after its end. */
  String howItEnded();
}
