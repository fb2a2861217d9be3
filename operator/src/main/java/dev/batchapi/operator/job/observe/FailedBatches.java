package dev.batchapi.operator.job.observe;

import dev.batchapi.contract.TextLimit;
import dev.batchapi.crds.BatchJobStatus.Failure;
import dev.batchapi.data.input.Sources;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The first failures of a job, of whole batches and then of items, read from the ledger once each.
 */
public final class FailedBatches {
  public static final int SHOWN = 10;
  private static final int MESSAGE_BYTES = 1024;

  /** No attempt takes so long: some thirty years. */
  private static final double MOST_SECONDS = 1e9;

  private final Map<Integer, Failure> read = new HashMap<>();
  private final Map<Integer, List<Failure>> readItems = new HashMap<>();

  /**
   * The first ten by index, of batches that failed; then of items that failed alone.
   *
   * @param oomKilled whether a handler's container of the job was OOMKilled: only kubelet knows,
   *     the worker has seen no more than its host's end
   * @param batchSize items of a batch
   * @param total items of the job
   * @param numbers of the items
   */
  public List<Failure> first(
      Ledger ledger, String job, boolean oomKilled, int batchSize, int total, Sources numbers) {
    var failures = new ArrayList<Failure>();
    for (var index : ledger.failed(job, SHOWN)) {
      var known = read.get(index);
      if (known == null) {
        var outcome = ledger.outcome(job, index);
        if (outcome == null) {
          continue; // came after the end
        }
        known = failure(index, outcome, oomKilled);
        read.put(index, known);
      }
      failures.add(known);
    }
    for (var index : ledger.partial(job, SHOWN)) {
      if (failures.size() == SHOWN) {
        break;
      }
      var items = readItems.get(index);
      if (items == null) {
        var outcome = ledger.outcome(job, index);
        if (outcome == null) {
          continue; // came after the end
        }
        var first = Math.multiplyExact(index, batchSize);
        items =
            items(
                index,
                Math.min(batchSize, total - first),
                item -> numbers.number(index, first, item),
                outcome,
                oomKilled);
        readItems.put(index, items);
      }
      items.stream().limit(SHOWN - failures.size()).forEach(failures::add);
    }
    return failures;
  }

  private static List<Failure> items(
      int index, int size, IntUnaryOperator number, Outcome outcome, boolean oomKilled) {
    try {
      // An item that the batch does not have has no number: the API server would refuse the status.
      return ItemOutcomes.errors(outcome.body(), size).stream()
          .limit(SHOWN)
          .map(
              item ->
                  new Failure(
                      index,
                      number.applyAsInt(item.item()),
                      null,
                      item.attempts(),
                      seconds(item.error()),
                      item.error().reason().name(),
                      message(item.error(), oomKilled)))
          .toList();
    } catch (UncheckedIOException e) {
      return List.of(failure(index, outcome, oomKilled));
    }
  }

  private static Failure failure(int index, Outcome outcome, boolean oomKilled) {
    var error = error(outcome);
    return new Failure(
        index,
        null,
        null,
        outcome.attempts(),
        seconds(error),
        error.reason().name(),
        message(error, oomKilled));
  }

  /** Whoever has a job's credentials may have written any number. */
  private static @Nullable Double seconds(BatchError error) {
    var seconds = error.seconds();
    return seconds != null && seconds >= 0 && seconds < MOST_SECONDS ? seconds : null;
  }

  private static String message(BatchError error, boolean oomKilled) {
    var message =
        Optional.ofNullable(error.type()).map(type -> type + ": ").orElse("") + error.message();
    if (oomKilled && error.reason() == BatchError.Reason.HandlerDied) {
      message += " (a handler's container of this job was OOMKilled)";
    }
    return shortened(message);
  }

  private static BatchError error(Outcome outcome) {
    try {
      return BatchError.fromJson(outcome.body());
    } catch (UncheckedIOException e) {
      return BatchError.of(BatchError.Reason.HandlerFailed, "its record can't be read");
    }
  }

  /** At most 1 KiB in UTF-8: what a status may say of one thing. */
  public static String shortened(String text) {
    return TextLimit.beginning(text, MESSAGE_BYTES);
  }
}
