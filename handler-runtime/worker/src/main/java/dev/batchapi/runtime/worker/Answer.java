package dev.batchapi.runtime.worker;

import dev.batchapi.queue.BatchError;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** What came of handing one batch to a host. */
public sealed interface Answer {

  /** The handler returned; the result as JSON, empty for none. */
  record Result(byte[] json) implements Answer {}

  /**
   * Some items failed alone, and the host lives on.
   *
   * @param results one for each item that was handed over, as JSON; {@code null} in JSON at those
   *     that have none
   * @param errors by the item's position among those that were handed over
   * @param uncounted those that are handed over again without having used an attempt, by their
   *     position, and after which time
   * @param breakage why the process must be replaced before it gets anything else; empty if it
   *     needn't
   */
  record Items(
      List<String> results,
      SortedMap<Integer, BatchError> errors,
      SortedMap<Integer, Duration> uncounted,
      Optional<BatchError> breakage)
      implements Answer {

    /** All that failed have used an attempt. */
    Items(List<String> results, SortedMap<Integer, BatchError> errors) {
      this(results, errors, Collections.emptySortedMap(), Optional.empty());
    }
  }

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
