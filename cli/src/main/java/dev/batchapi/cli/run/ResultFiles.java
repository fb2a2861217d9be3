package dev.batchapi.cli.run;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.queue.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files that results and failed batches are written to, job after job; see {@link
 * OutcomeWriter}.
 */
final class ResultFiles implements AutoCloseable {
  /** How a run says that lines have the items. */
  private static final String ITEM = "item";

  private final @Nullable OutputFile resultFile;
  private final @Nullable OutputFile errorFile;
  private final @Nullable ResultFolder folder;
  private final @Nullable ResultStore store;
  private final @Nullable LineSink results;
  private final @Nullable LineSink errors;
  private boolean written;

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

  /** Takes the place for a job that runs now; see {@link ResultStore#take}. */
  void take(Manifest.Job job) {
    if (store != null) {
      store.take(job);
    }
    if (resultFile != null) {
      resultFile.tellOfReplacing();
    }
    if (errorFile != null) {
      errorFile.tellOfReplacing();
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

  /**
   * Begins to write what the ledger gets of a job; of a second one when it has ended, for a file
   * that has the first may take its place whatever becomes of this one.
   */
  OutcomeWriter begin(Job job, Ledger ledger, Input input) {
    var follow = !written && !isShown() && (results != null || errors != null);
    return new OutcomeWriter(job, ledger, input, results, errors, follow);
  }

  /** Whether somebody reads lines as they come: on a terminal they would be among the progress. */
  private boolean isShown() {
    return (resultFile != null && resultFile.isInPlace())
        || (errorFile != null && errorFile.isInPlace());
  }

  /** Writes what is left of a job that has ended. */
  void add(OutcomeWriter job) throws IOException {
    written = true;
    job.finish();
    if (resultFile != null) {
      resultFile.complete();
    }
    if (errorFile != null) {
      errorFile.complete();
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
