package dev.batchapi.runtime.worker;

import dev.batchapi.queue.BatchError;

/** What came of handing one batch to a host. */
public sealed interface Answer {

  /** The handler returned; the result as JSON, empty for none. */
  record Result(byte[] json) implements Answer {}

  /** The handler failed, and the host lives on. */
  record Failed(BatchError error) implements Answer {}

  /** The handler failed and is broken with it: its process lives on, but must be replaced. */
  record Broke(BatchError error) implements Answer {}

  /** The batch timeout passed; the host has been ended. */
  record TimedOut() implements Answer {}

  /** The host ended with the batch in hand. */
  record Died(String how) implements Answer {}

  /** The host had ended before it got the batch: no attempt was made. */
  record NeverStarted(String how) implements Answer {}
}
