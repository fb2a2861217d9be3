package dev.batchapi.runtime.collector;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.data.collect.BatchResults;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectArguments.Include;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.results.BatchItems;
import dev.batchapi.data.results.LargeJson;
import dev.batchapi.data.results.LineFiles;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.results.ResultLines;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.StoredResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one outcome after the other, and counts them. */
final class OutcomeLines implements Ledger.OutcomeReader {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.collector");
  private static final JsonMapper JSON = new JsonMapper();

  private final int batches;
  private final boolean withItems;
  private final Input input;
  private final ResultLines lines;
  private final LineFiles results;
  private final LineFiles errors;
  private final BatchResults large;
  private final Reports reports;
  private int succeeded;
  private int failed;
  private int unreadBatches;
  private String firstUnread = "";
  private int succeededItems;
  private int failedItems;

  OutcomeLines(
      CollectArguments arguments,
      Input input,
      ResultLines lines,
      LineFiles results,
      LineFiles errors,
      BatchResults large,
      Reports reports) {
    this.large = large;
    this.reports = reports;
    this.batches = arguments.totalBatches();
    this.withItems = arguments.include().contains(Include.ITEM);
    this.input = input;
    this.lines = lines;
    this.results = results;
    this.errors = errors;
  }

  @Override
  public boolean read(int index, Outcome outcome) {
    try {
      switch (outcome.kind()) {
        case SUCCEEDED, PARTIAL -> {
          var stored = outcome.stored();
          if (stored != null) {
            stored(index, outcome, stored);
          } else if (outcome.kind() == Outcome.Kind.PARTIAL) {
            items(index, outcome);
          } else {
            result(index, outcome);
          }
        }
        case FAILED -> {
          failed++;
          failedItems += input.itemsIn(index);
          error(index, outcome.attempts(), error(outcome));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reports.reached(index + 1, results, errors);
    return true;
  }

  private void result(int index, Outcome outcome) throws IOException {
    succeeded++;
    var first = input.firstItem(index);
    var items = input.itemsIn(index);
    try {
      if (withItems && outcome.body().length > 0) {
        lines.result(index, first, items, outcome.body(), payload(index), results);
      } else {
        lines.result(index, first, items, outcome.body(), results);
      }
      succeededItems += items;
    } catch (IOException e) {
      // No worker of ours commits such a one.
      var why = "what was recorded as its result is no JSON: " + e.getMessage();
      lost(index, outcome, why);
    }
  }

  /**
   * A result that lies in an object of its own. A reference that was forged leads to nothing but
   * this job's own objects, and is found out.
   */
  private void stored(int index, Outcome outcome, StoredResult reference) throws IOException {
    succeeded++;
    var found =
        reference.isOf(index)
            ? large.read(reference.name(), reference.bytes(), reference.sha256())
            : Optional.<LargeJson>empty();
    if (found.isEmpty()) {
      lost(
          index,
          outcome,
          "its result, %s with %,d bytes, is gone or is not what its worker has written"
              .formatted(large.url(reference.name()), reference.bytes()));
      return;
    }
    try (var json = found.get()) {
      stored(index, outcome, json);
    } catch (NotJsonException e) {
      lost(index, outcome, "what was stored as its result is no JSON: " + e.getMessage());
    }
  }

  private void stored(int index, Outcome outcome, LargeJson json) throws IOException {
    NotJsonException.check(json);
    var first = input.firstItem(index);
    if (outcome.kind() == Outcome.Kind.PARTIAL) {
      if (json.elements((item, element) -> {}) != input.itemsIn(index)) {
        throw new NotJsonException(
            "it is no list of the batch's %d items".formatted(input.itemsIn(index)));
      }
      var failures = failures(outcome, input.itemsIn(index));
      lines.items(index, first, json, failures, payload(index), withItems, results, errors);
      failedItems += failures.size();
      succeededItems += input.itemsIn(index) - failures.size();
    } else {
      var its = withItems ? payload(index) : null;
      lines.result(index, first, input.itemsIn(index), json, its, results);
      succeededItems += input.itemsIn(index);
    }
  }

  private void lost(int index, Outcome outcome, String why) throws IOException {
    failedItems += input.itemsIn(index);
    error(index, outcome.attempts(), BatchError.of(BatchError.Reason.ResultInvalid, why));
  }

  private static List<ResultLines.FailedItem> failures(Outcome outcome, int items)
      throws NotJsonException {
    try {
      return failures(ItemOutcomes.errors(outcome.body(), items));
    } catch (UncheckedIOException e) {
      throw new NotJsonException("its items' errors can't be read");
    }
  }

  private static List<ResultLines.FailedItem> failures(List<ItemOutcomes.ItemError> errors) {
    return errors.stream()
        .map(
            one ->
                new ResultLines.FailedItem(
                    one.item(), one.attempts(), JSON.valueToTree(one.error())))
        .toList();
  }

  private void items(int index, Outcome outcome) throws IOException {
    succeeded++;
    ItemOutcomes items;
    try {
      items = ItemOutcomes.of(outcome.body(), input.itemsIn(index));
    } catch (UncheckedIOException e) {
      // No worker of ours commits such a one.
      lost(index, outcome, String.valueOf(e.getMessage()));
      return;
    }
    failedItems += items.errors().size();
    succeededItems += items.results().size() - items.errors().size();
    lines.items(
        index,
        input.firstItem(index),
        items.results(),
        failures(items.errors()),
        payload(index),
        withItems,
        results,
        errors);
  }

  private void error(int index, int attempts, BatchError error) throws IOException {
    var known = error.reason().isOfInput();
    var its = payload(index, !known);
    lines.error(
        index, attempts, JSON.valueToTree(error), known ? its.withoutReason() : its, errors);
  }

  private static BatchError error(Outcome outcome) {
    try {
      return BatchError.fromJson(outcome.body());
    } catch (UncheckedIOException e) {
      return BatchError.of(BatchError.Reason.HandlerFailed, "its record can't be read");
    }
  }

  /** What can't be read any more costs nothing but itself; a store's rights may come back. */
  private BatchItems payload(int index) {
    return payload(index, true);
  }

  private BatchItems payload(int index, boolean toBeSaid) {
    try {
      return BatchItems.of(input.payload(index));
    } catch (InputException | FileChangedException e) {
      LOG.warn("the items of batch {} can't be read: {}", index, e.getMessage());
      if (toBeSaid && unreadBatches++ == 0) {
        firstUnread = "batch %d: %s".formatted(index, e.getMessage());
      }
      return BatchItems.unread(String.valueOf(e.getMessage()));
    }
  }

  /** What is to be said of items that stand as {@code null} on their lines; empty if none do. */
  Optional<String> unread() {
    return unreadBatches == 0
        ? Optional.empty()
        : Optional.of(
            "The items of %d batches could not be read again and are null on their lines (%s)."
                .formatted(unreadBatches, withoutDot(firstUnread)));
  }

  private static String withoutDot(String words) {
    return words.endsWith(".") ? words.substring(0, words.length() - 1) : words;
  }

  /**
   * What became of the items.
   *
   * @param total of the job
   */
  Manifest.Items items(int total) {
    return Manifest.Items.of(total, succeededItems, failedItems);
  }

  Manifest.Batches counts() {
    return new Manifest.Batches(batches, succeeded, failed, batches - succeeded - failed);
  }
}
