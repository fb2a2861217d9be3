package dev.batchapi.operator.job.act;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.data.input.Sources;
import dev.batchapi.data.results.BatchItems;
import dev.batchapi.data.results.ResultLines;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A job's results and errors as two files, as {@code batchapi run} writes them, if they are small
 * enough for a ConfigMap. Of larger ones no more is read than it takes to know that.
 *
 * @param results JSON lines, by index
 * @param errors JSON lines, by index
 * @param remark what a reader should know of them
 */
record SmallResults(String results, String errors, Optional<String> remark) {
  /** Of both files together. A ConfigMap may have 1 MiB, names and labels are in it too. */
  static final int MOST_BYTES = 900 * 1024;

  /** What the shortest line has beside its value; it bounds how many outcomes are kept. */
  private static final int SHORTEST_LINE = "{\"job\":\"\",\"batch\":0,\"result\":}\n".length();

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the ledger has of a job: {@link Ledger#outcomesWhile}. */
  interface Recorded {
    void readWhile(Ledger.OutcomeReader reader);
  }

  /**
   * Reads a job that has its end record.
   *
   * @param recorded in any order, each batch once; what is not of the job is passed over
   * @param input asked for the payloads of failed batches only
   * @param numbers of the items
   * @return empty if they are too large
   */
  static Optional<SmallResults> of(RunSpec run, Recorded recorded, Batches input, Sources numbers) {
    var outcomes = new TreeMap<Integer, Outcome>();
    if (!read(run, recorded, outcomes)) {
      return Optional.empty();
    }
    var files = new Files();
    var lines =
        new ResultLines(run.job().name(), numbers, run.handler().results() == RunSpec.Results.ITEM);
    for (var entry : outcomes.entrySet()) {
      add(entry.getKey(), entry.getValue(), run, input, lines, files);
      if (files.bytes > MOST_BYTES) {
        return Optional.empty();
      }
    }
    return Optional.of(new SmallResults(text(files.results), text(files.errors), lines.remark()));
  }

  private static boolean read(RunSpec run, Recorded recorded, TreeMap<Integer, Outcome> outcomes) {
    var bytes = new long[1];
    recorded.readWhile(
        (index, outcome) -> {
          if (index < run.totalBatches() && hasLine(outcome)) {
            outcomes.put(index, outcome);
            bytes[0] += SHORTEST_LINE + outcome.body().length;
          }
          return bytes[0] <= MOST_BYTES;
        });
    return bytes[0] <= MOST_BYTES;
  }

  private static boolean hasLine(Outcome outcome) {
    return outcome.kind() == Outcome.Kind.FAILED || outcome.body().length > 0;
  }

  private static void add(
      int index, Outcome outcome, RunSpec run, Batches input, ResultLines lines, Files files) {
    if (outcome.kind() == Outcome.Kind.FAILED) {
      addError(index, outcome.attempts(), error(outcome), input, lines, files);
      return;
    }
    var first = Math.multiplyExact(index, run.batchSize());
    var items = Math.min(run.batchSize(), run.items() - first);
    try {
      if (outcome.kind() == Outcome.Kind.PARTIAL) {
        addItems(index, outcome, first, items, input, lines, files);
        return;
      }
      lines.result(index, first, items, outcome.body(), files::result);
    } catch (IOException | UncheckedIOException e) {
      // No worker of ours commits such a one.
      var why = "what was recorded as its result is no JSON: " + e.getMessage();
      var error = BatchError.of(BatchError.Reason.ResultInvalid, why);
      addError(index, outcome.attempts(), error, input, lines, files);
    }
  }

  private static void addItems(
      int index,
      Outcome outcome,
      int first,
      int number,
      Batches input,
      ResultLines lines,
      Files files)
      throws IOException {
    ItemOutcomes items;
    try {
      items = ItemOutcomes.of(outcome.body(), number);
    } catch (UncheckedIOException e) {
      // No worker of ours commits such a one.
      var why = String.valueOf(e.getMessage());
      var error = BatchError.of(BatchError.Reason.ResultInvalid, why);
      addError(index, outcome.attempts(), error, input, lines, files);
      return;
    }
    var failed =
        items.errors().stream()
            .map(
                one ->
                    new ResultLines.FailedItem(
                        one.item(), one.attempts(), JSON.valueToTree(one.error())))
            .toList();
    lines.items(
        index,
        first,
        items.results(),
        failed,
        BatchItems.of(input.payload(index)),
        false,
        files::result,
        files::error);
  }

  private static void addError(
      int index, int attempts, BatchError error, Batches input, ResultLines lines, Files files) {
    try {
      var items = BatchItems.of(input.payload(index));
      lines.error(index, attempts, JSON.valueToTree(error), items, files::error);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BatchError error(Outcome outcome) {
    try {
      return BatchError.fromJson(outcome.body());
    } catch (UncheckedIOException e) {
      return BatchError.of(BatchError.Reason.HandlerFailed, "its record can't be read");
    }
  }

  private static String text(ByteArrayOutputStream file) {
    return file.toString(StandardCharsets.UTF_8);
  }

  private static final class Files {
    final ByteArrayOutputStream results = new ByteArrayOutputStream();
    final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    long bytes;

    void result(byte[] line) {
      add(results, line);
    }

    void error(byte[] line) {
      add(errors, line);
    }

    private void add(ByteArrayOutputStream file, byte[] line) {
      bytes += line.length;
      if (bytes <= MOST_BYTES) {
        file.writeBytes(line);
      }
    }
  }
}
