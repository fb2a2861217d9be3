package dev.batchapi.runtime.worker;

import dev.batchapi.data.results.LargeJson;
import dev.batchapi.queue.BatchError;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What came of handing one batch to a host. */
public sealed interface Answer extends AutoCloseable {

  /** Whether it is in a file, which {@link #close} gives back. */
  default boolean hasFile() {
    return false;
  }

  @Override
  default void close() {}

  /** The handler returned; the result as JSON, empty for none. */
  record Result(byte[] json) implements Answer {}

  /** The same of a result that is too large for the ledger. */
  record Large(LargeJson json) implements Answer {
    @Override
    public boolean hasFile() {
      return true;
    }

    @Override
    public void close() {
      json.close();
    }
  }

  /**
   * Some items failed alone, and the host lives on.
   *
   * @param results one for each item that was handed over, as JSON; {@code null} in JSON at those
   *     that have none
   * @param errors by the item's position among those that were handed over
   * @param uncounted those that are handed over again without having used an attempt, by their
   *     position, and after which time
   * @param asked what the handler said of those of them that it asked to be handed later
   * @param breakage why the process must be replaced before it gets anything else; empty if it
   *     needn't
   * @param file in which the results are; null: in memory
   */
  record Items(
      List<ResultJson> results,
      SortedMap<Integer, BatchError> errors,
      SortedMap<Integer, Duration> uncounted,
      SortedMap<Integer, BatchError> asked,
      Optional<BatchError> breakage,
      @Nullable LargeJson file)
      implements Answer {

    /** All that failed have used an attempt. */
    Items(
        List<ResultJson> results, SortedMap<Integer, BatchError> errors, @Nullable LargeJson file) {
      this(
          results,
          errors,
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Optional.empty(),
          file);
    }

    /** The same in memory. */
    static Items of(List<String> results, SortedMap<Integer, BatchError> errors) {
      return of(results, errors, Collections.emptySortedMap(), Optional.empty());
    }

    /** In memory. */
    static Items of(
        List<String> results,
        SortedMap<Integer, BatchError> errors,
        SortedMap<Integer, Duration> uncounted,
        Optional<BatchError> breakage) {
      return of(results, errors, uncounted, Collections.emptySortedMap(), breakage);
    }

    /** In memory, and with what the handler asked to be handed later. */
    static Items of(
        List<String> results,
        SortedMap<Integer, BatchError> errors,
        SortedMap<Integer, Duration> uncounted,
        SortedMap<Integer, BatchError> asked,
        Optional<BatchError> breakage) {
      var texts = results.stream().map(ResultJson::of).toList();
      return new Items(texts, errors, uncounted, asked, breakage, null);
    }

    @Override
    public boolean hasFile() {
      return file != null;
    }

    @Override
    public void close() {
      if (file != null) {
        file.close();
      }
    }
  }

  /** The handler failed, and the host lives on. */
  record Failed(BatchError error) implements Answer {}

  /** The handler asks to be handed the same later; no attempt was made. */
  record Later(Duration delay, BatchError why) implements Answer {}

  /** The handler failed and is broken with it: its process lives on, but must be replaced. */
  record Broke(BatchError error) implements Answer {}

  /** The batch timeout passed; the host has been ended. */
  record TimedOut() implements Answer {}

  /** The host ended with the batch in hand. */
  record Died(String how) implements Answer {}

  /** The host had ended before it got the batch: no attempt was made. */
  record NeverStarted(String how) implements Answer {}
}
