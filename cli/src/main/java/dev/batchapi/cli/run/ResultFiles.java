package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.results.BatchItems;
import dev.batchapi.data.results.LargeJson;
import dev.batchapi.data.results.Manifest;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files that results and failed batches are written to as {@link ResultLines}, job after job,
 * by index.
 */
final class ResultFiles implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How a run says that lines have the items. */
  private static final String ITEM = "item";

  /** Of lines that nobody writes. */
  private static final BatchItems NONE = BatchItems.of("null".getBytes(StandardCharsets.UTF_8));

  /** Bytes of a result that is taken apart in memory, several times its size. */
  private static final int IN_MEMORY = 1 << 20;

  private final @Nullable OutputFile resultFile;
  private final @Nullable OutputFile errorFile;
  private final @Nullable ResultFolder folder;
  private final @Nullable ResultStore store;
  private final @Nullable LineSink results;
  private final @Nullable LineSink errors;
  private boolean written;

  /** A store's words, once it was away. */
  private @Nullable String away;

  /**
   * A job whose outcomes are written.
   *
   * @param name for the lines
   * @param id its own in the ledger
   * @param perItem whether a list that a batch returned has one result for each item
   * @param withItems whether lines of results have the items themselves
   */
  record Job(String name, String id, boolean perItem, boolean withItems) {
    static Job of(RunSpec spec) {
      var output = spec.output();
      return new Job(
          spec.job().name(),
          spec.job().uid(),
          spec.handler().results() == RunSpec.Results.ITEM,
          output != null && output.include().contains(ITEM));
    }
  }

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
    store = null;
    this.results = resultFile;
    this.errors = errorFile;
  }

  /** Both go to a folder, which is closed with this. */
  ResultFiles(ResultFolder folder) {
    this(folder, null);
  }

  /**
   * Both go to a folder, and from there to a store.
   *
   * @param store null for none; closed with this
   */
  ResultFiles(ResultFolder folder, @Nullable ResultStore store) {
    this.folder = folder;
    this.store = store;
    resultFile = null;
    errorFile = null;
    results = folder.results();
    errors = folder.errors();
  }

  /** Where they go if that is a folder. */
  @Nullable ResultFolder folder() {
    return folder;
  }

  /** The folder where the results are at the end, as {@code on_job_complete} is told; or null. */
  @Nullable String place() {
    return store != null ? store.url() : folder != null ? folder.path() : null;
  }

  /** Takes the place for a job, before it runs; see {@link ResultStore#take}. */
  void take(Manifest.Job job) {
    if (store != null) {
      store.take(job);
    }
  }

  /**
   * Everything is added: a folder's files get their names, and a store gets them.
   *
   * @return what is to be said of where the results are
   */
  Optional<String> publish(Manifest withoutFiles) throws IOException {
    if (folder == null) {
      return Optional.empty();
    }
    var manifest = folder.publish(withoutFiles);
    return store == null ? Optional.empty() : Optional.of(store.add(manifest));
  }

  /** The job never began, for its handler is invalid. */
  void forget() {
    if (folder != null) {
      folder.forget();
    }
    if (store != null) {
      store.forget();
    }
  }

  /** Whether results are written. */
  boolean hasResults() {
    return results != null;
  }

  /** Whether a job's outcomes are in them. */
  boolean isWritten() {
    return written;
  }

  /** Writes what the ledger holds of a job. */
  void add(Job job, Ledger ledger, Input input) throws IOException {
    written = true;
    if (results == null && errors == null) {
      return;
    }
    var lines = new ResultLines(job.name, input, job.perItem);
    try {
      ledger.outcomes(
          job.id,
          (index, outcome) -> {
            try {
              add(index, outcome, lines, input, job.withItems);
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

  private void add(int index, Outcome outcome, ResultLines lines, Input input, boolean withItems)
      throws IOException {
    switch (outcome.kind()) {
      case SUCCEEDED -> {
        if (results != null) {
          result(index, outcome.body(), lines, input, withItems, results);
        }
      }
      case PARTIAL -> {
        var items = ItemOutcomes.fromJson(outcome.body());
        lines.items(
            index,
            input.firstItem(index),
            items.results(),
            items.errors().stream().map(ResultFiles::failed).toList(),
            errors == null && !withItems ? NONE : payload(index, input),
            withItems,
            results == null ? line -> {} : results::write,
            errors == null ? line -> {} : errors::write);
      }
      case FAILED -> {
        if (errors != null) {
          var error = BatchError.fromJson(outcome.body());
          var its = payload(index, input);
          lines.error(
              index,
              outcome.attempts(),
              JSON.valueToTree(error),
              error.reason().isOfInput() ? its.withoutReason() : its,
              errors::write);
        }
      }
    }
  }

  private void result(
      int index, byte[] json, ResultLines lines, Input input, boolean withItems, LineSink to)
      throws IOException {
    var first = input.firstItem(index);
    var items = input.itemsIn(index);
    // Of a batch that returned nothing there is no line.
    var its = withItems && json.length > 0 ? payload(index, input) : null;
    if (json.length > IN_MEMORY) {
      try (var large = LargeJson.of(json)) {
        lines.result(index, first, items, large, its, to::write);
      }
    } else if (its == null) {
      lines.result(index, first, items, json, to::write);
    } else {
      lines.result(index, first, items, json, its, to::write);
    }
  }

  private static ResultLines.FailedItem failed(ItemOutcomes.ItemError error) {
    return new ResultLines.FailedItem(
        error.item(), error.attempts(), JSON.valueToTree(error.error()));
  }

  /** What can't be read any more costs nothing but itself. */
  private BatchItems payload(int index, Input input) {
    if (away != null) {
      return BatchItems.unread(away);
    }
    try {
      return BatchItems.of(input.payload(index));
    } catch (StoreUnavailableException e) {
      away = String.valueOf(e.getMessage()); // each batch would wait for it anew
      return BatchItems.unread(away);
    } catch (InputException
        | FileChangedException
        | StoreRefusedException
        | UncheckedIOException e) {
      return BatchItems.unread(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() throws IOException {
    try (var _ = resultFile;
        var _ = errorFile;
        var _ = store;
        var _ = folder) {
      return;
    }
  }
}
