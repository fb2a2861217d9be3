package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.results.LargeJson;
import dev.batchapi.data.results.ResultLines;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files that results and failed batches are written to as {@link ResultLines}, job after job,
 * by index.
 */
final class ResultFiles implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  /** Bytes of a result that is taken apart in memory, several times its size. */
  private static final int IN_MEMORY = 1 << 20;

  private final @Nullable OutputFile resultFile;
  private final @Nullable OutputFile errorFile;
  private final @Nullable ResultFolder folder;
  private final @Nullable LineSink results;
  private final @Nullable LineSink errors;
  private boolean written;
  private boolean storeIsAway;

  /**
   * Opens the files.
   *
   * @param results null for none
   * @param errors null for none
   * @throws UsageException if one can't be written to
   */
  ResultFiles(@Nullable Path results, @Nullable Path errors) {
    resultFile = results == null ? null : new OutputFile("--results", results);
    errorFile = errors == null ? null : new OutputFile("--errors", errors);
    folder = null;
    this.results = resultFile;
    this.errors = errorFile;
  }

  /** Both go to a folder, which is closed with this. */
  ResultFiles(ResultFolder folder) {
    this.folder = folder;
    resultFile = null;
    errorFile = null;
    results = folder.results();
    errors = folder.errors();
  }

  /** Where they go if that is a folder. */
  @Nullable ResultFolder folder() {
    return folder;
  }

  /** Whether results are written. */
  boolean hasResults() {
    return results != null;
  }

  /** Whether a job's outcomes are in them. */
  boolean isWritten() {
    return written;
  }

  /**
   * Writes what the ledger holds of a job.
   *
   * @param name the job's, for the lines
   * @param id the job's in the ledger
   * @param perItem whether a list that a batch returned has one result for each item
   */
  void add(String name, String id, Ledger ledger, Input input, boolean perItem) throws IOException {
    written = true;
    if (results == null && errors == null) {
      return;
    }
    var lines = new ResultLines(name, input, perItem);
    try {
      ledger.outcomes(
          id,
          (index, outcome) -> {
            try {
              add(index, outcome, lines, input);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (resultFile != null) {
      resultFile.complete();
    }
    if (errorFile != null) {
      errorFile.complete();
    }
  }

  private void add(int index, Outcome outcome, ResultLines lines, Input input) throws IOException {
    switch (outcome.kind()) {
      case SUCCEEDED -> {
        if (results != null) {
          result(index, outcome.body(), lines, input, results);
        }
      }
      case PARTIAL -> {
        var items = ItemOutcomes.fromJson(outcome.body());
        lines.items(
            index,
            input.firstItem(index),
            items.results(),
            items.errors().stream().map(ResultFiles::failed).toList(),
            errors == null ? NULL : payload(index, input),
            false,
            results == null ? line -> {} : results::write,
            errors == null ? line -> {} : errors::write);
      }
      case FAILED -> {
        if (errors != null) {
          var error = JSON.valueToTree(BatchError.fromJson(outcome.body()));
          lines.error(index, outcome.attempts(), error, payload(index, input), errors::write);
        }
      }
    }
  }

  private static void result(int index, byte[] json, ResultLines lines, Input input, LineSink to)
      throws IOException {
    var first = input.firstItem(index);
    var items = input.itemsIn(index);
    if (json.length <= IN_MEMORY) {
      lines.result(index, first, items, json, to::write);
      return;
    }
    try (var large = LargeJson.of(json)) {
      lines.result(index, first, items, large, null, to::write);
    }
  }

  private static ResultLines.FailedItem failed(ItemOutcomes.ItemError error) {
    return new ResultLines.FailedItem(
        error.item(), error.attempts(), JSON.valueToTree(error.error()));
  }

  /** What can't be read any more costs nothing but itself. */
  private byte[] payload(int index, Input input) {
    try {
      return storeIsAway ? NULL : input.payload(index);
    } catch (StoreUnavailableException e) {
      storeIsAway = true; // each batch would wait for it anew
      return NULL;
    } catch (InputException
        | FileChangedException
        | StoreRefusedException
        | UncheckedIOException e) {
      return NULL;
    }
  }

  @Override
  public void close() throws IOException {
    try (var _ = resultFile;
        var _ = errorFile;
        var _ = folder) {
      return;
    }
  }
}
