package dev.batchapi.runtime.worker;

import dev.batchapi.queue.BatchError;
import java.util.List;
import java.util.SortedMap;

/** What came of handing one batch to a host. */
public sealed interface Answer {

  /** The handler returned; the result as JSON, empty for none. */
  record Result(byte[] json) implements Answer {}

  /**
   * Some items failed alone, and the host lives on.
   *
   * @param results one for each item that was handed over, as JSON; {@code null} in JSON at those
   *     that failed
   * @param errors by the item's position among those that were handed over; at least one
   */
  record Items(List<String> results, SortedMap<Integer, BatchError> errors) implements Answer {}

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
