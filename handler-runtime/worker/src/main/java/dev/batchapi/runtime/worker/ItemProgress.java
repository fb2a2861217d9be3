package dev.batchapi.runtime.worker;

import dev.batchapi.contract.JsonElements;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of each item of a batch so far, once one of them has failed alone. Kept in memory only:
 * a worker that is lost takes it along, and the batch begins anew.
 */
final class ItemProgress {
  private static final ResultJson NOTHING = ResultJson.of("null");

  /** Items whose time comes within this go together. */
  private static final Duration TOGETHER = Duration.ofSeconds(1);

  private final List<ResultJson> results;
  private final SortedMap<Integer, ItemOutcomes.ItemError> errors = new TreeMap<>();
  private final Waits waits;

  /** Items that are handed over again without having used an attempt, and when. */
  private final SortedMap<Integer, Long> uncounted = new TreeMap<>();

  private final Map<Integer, AskedWait> asked = new HashMap<>();
  private String lastAsked = "";

  /**
   * Items that are handed over together.
   *
   * @param items their positions in the batch
   * @param attempt which one of theirs it is, from 1
   * @param delay after this time
   * @param why in the words of the handler that asked for the delay; null if it didn't
   */
  record Round(List<Integer> items, int attempt, Duration delay, @Nullable String why) {}

  /** Begins with the answer to the whole batch. */
  ItemProgress(Answer.Items first, int attempt, Waits waits) {
    this.waits = waits;
    results = new ArrayList<>(first.results());
    first.errors().forEach((item, error) -> failed(item, attempt, error));
    first
        .uncounted()
        .forEach((item, after) -> again(item, attempt, after, first.asked().get(item)));
  }

  /**
   * What is handed over next after this attempt: items that it has not cost theirs, then those that
   * failed and may be tried again. Empty if the batch is done.
   */
  Optional<Round> next(RetryPolicy retry, int attempt) {
    if (!uncounted.isEmpty()) {
      return Optional.of(uncounted(System.nanoTime(), attempt));
    }
    var again =
        errors.values().stream()
            .filter(error -> retry.mayRetry(error.error(), attempt))
            .map(ItemOutcomes.ItemError::item)
            .toList();
    return again.isEmpty()
        ? Optional.empty()
        : Optional.of(new Round(again, attempt + 1, retry.backoff(attempt), null));
  }

  private Round uncounted(long now, int attempt) {
    var first = uncounted.values().stream().mapToLong(due -> due - now).min().orElseThrow();
    var items = new ArrayList<Integer>();
    var delay = 0L;
    for (var one : uncounted.entrySet()) {
      var left = one.getValue() - now;
      if (left <= first + TOGETHER.toNanos()) {
        items.add(one.getKey());
        delay = Math.max(delay, left);
      }
    }
    var asks = items.stream().anyMatch(asked::containsKey);
    return new Round(items, attempt, Duration.ofNanos(delay), asks ? lastAsked : null);
  }

  /**
   * An item is handed over again, and has used no attempt.
   *
   * @param why what the handler said that asked for it; null if it didn't
   */
  private void again(int item, int attempt, Duration after, @Nullable BatchError why) {
    var wait = after;
    if (why != null) {
      wait = AskedWait.atLeast(after);
      lastAsked = why.message();
      waits.asked(1, wait);
      if (!asked.computeIfAbsent(item, i -> new AskedWait(Duration.ZERO)).add(wait)) {
        failed(item, attempt, AskedWait.tooLong(why));
        return;
      }
    }
    uncounted.put(item, System.nanoTime() + wait.toNanos());
  }

  /** The handler asked to be handed all of these later. */
  void allLater(List<Integer> items, int attempt, Answer.Later later) {
    items.forEach(item -> again(item, attempt, later.delay(), later.why()));
  }

  /**
   * The batch's error if this attempt has failed as a whole: every item has, and may be tried
   * again. Such a retry is another process's.
   */
  Optional<BatchError> wholeFailure(RetryPolicy retry, int attempt) {
    if (!uncounted.isEmpty()
        || !isFruitless()
        || !errors.values().stream()
            .map(ItemOutcomes.ItemError::error)
            .allMatch(error -> isOfTheInput(error) || retry.mayRetry(error, attempt))) {
      return Optional.empty();
    }
    var first =
        errors.values().stream()
            .map(ItemOutcomes.ItemError::error)
            .filter(error -> !isOfTheInput(error))
            .findFirst()
            .orElseThrow();
    return Optional.of(
        errors.size() == 1
            ? first
            : new BatchError(
                first.reason(),
                "All %d items failed, the first one with: %s"
                    .formatted(errors.size(), first.message()),
                first.type(),
                first.stack())); // how long the batch ran is more than that
  }

  /** No attempt is made of an item that can't be read. */
  private static boolean isOfTheInput(BatchError error) {
    return error.reason() == BatchError.Reason.InputInvalid;
  }

  /** Takes the answer to another attempt of these items. */
  void take(List<Integer> items, int attempt, Answer.Items answer) {
    if (answer.results().size() != items.size()) {
      allFailed(items, attempt, wrongNumber(items.size(), answer.results().size()));
      return;
    }
    for (var at = 0; at < items.size(); at++) {
      int item = items.get(at);
      var error = answer.errors().get(at);
      var later = answer.uncounted().get(at);
      if (later != null) {
        again(item, attempt, later, answer.asked().get(at));
      } else if (error == null) {
        uncounted.remove(item);
        errors.remove(item);
        results.set(item, answer.results().get(at));
      } else {
        failed(item, attempt, error);
      }
    }
  }

  /** Takes the answer to another attempt of these items, none of which failed. */
  void take(List<Integer> items, int attempt, Answer.Result answer) {
    try {
      take(
          items,
          attempt,
          Answer.Items.of(
              JsonElements.split(new String(answer.json(), StandardCharsets.UTF_8)),
              new TreeMap<>()));
    } catch (IOException e) {
      allFailed(items, attempt, noList(items.size()));
    }
  }

  /** The same of a large answer, which must not be closed before this is settled. */
  void take(List<Integer> items, int attempt, Answer.Large answer) {
    var returned = new ArrayList<ResultJson>();
    int found;
    try {
      found =
          answer
              .json()
              .elements(
                  (index, element) -> {
                    if (index < items.size()) {
                      returned.add(ResultJson.of(element));
                    }
                  });
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of the worker's own disk
    }
    if (found == items.size()) {
      take(items, attempt, new Answer.Items(returned, new TreeMap<>(), null));
    } else {
      allFailed(
          items, attempt, found < 0 ? noList(items.size()) : wrongNumber(items.size(), found));
    }
  }

  private static BatchError noList(int items) {
    return BatchError.of(
        BatchError.Reason.ResultInvalid,
        "The handler returned no list for the %d items that were tried again.".formatted(items));
  }

  /** None of these items got any further, and all for one reason. */
  void allFailed(List<Integer> items, int attempt, BatchError error) {
    items.forEach(item -> failed(item, attempt, error));
  }

  /** The same of all that wait for being handed over without having used an attempt. */
  void restFailed(int attempt, BatchError error) {
    allFailed(List.copyOf(uncounted.keySet()), attempt, error);
  }

  private void failed(int item, int attempt, BatchError error) {
    results.set(item, NOTHING);
    uncounted.remove(item);
    errors.put(item, new ItemOutcomes.ItemError(item, attempt, error));
  }

  private static BatchError wrongNumber(int items, int results) {
    return BatchError.of(
        BatchError.Reason.ResultInvalid,
        "The handler returned %d results for the %d items that were tried again."
            .formatted(results, items));
  }

  boolean hasErrors() {
    return !errors.isEmpty();
  }

  /** Whether not one item has a result. */
  boolean isFruitless() {
    return errors.size() == results.size();
  }

  /** In words, for a log line. */
  String summary() {
    if (errors.isEmpty()) {
      return "%d of %d items have no result yet".formatted(uncounted.size(), results.size());
    }
    var first = errors.firstEntry().getValue();
    return "%d of %d items failed, item %d of the batch with %s"
        .formatted(errors.size(), results.size(), first.item(), Settlement.summary(first.error()));
  }

  /** The results as one list. */
  ResultJson json() {
    return ResultJson.list(results);
  }

  List<ItemOutcomes.ItemError> errors() {
    return List.copyOf(errors.values());
  }

  /** For a batch with errors whose results fit into memory. */
  ItemOutcomes outcomes() {
    return new ItemOutcomes(
        results.stream().map(one -> new String(one.toBytes(), StandardCharsets.UTF_8)).toList(),
        errors());
  }
}
