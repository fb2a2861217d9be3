package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.results.ResultLines;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files that results and failed batches are written to as {@link ResultLines}, job after job,
 * by index.
 */
final class ResultFiles implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable OutputFile results;
  private final @Nullable OutputFile errors;

  /**
   * Opens the files.
   *
   * @param results null for none
   * @param errors null for none
   * @throws UsageException if one can't be written to
   */
  ResultFiles(@Nullable Path results, @Nullable Path errors) {
    this.results = results == null ? null : new OutputFile("--results", results);
    this.errors = errors == null ? null : new OutputFile("--errors", errors);
  }

  /**
   * Writes what the ledger holds of a job.
   *
   * @param name the job's, for the lines
   * @param id the job's in the ledger
   */
  void add(String name, String id, Ledger ledger, Input input) throws IOException {
    if (results == null && errors == null) {
      return;
    }
    var lines = new ResultLines(name);
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
    if (results != null) {
      results.complete();
    }
    if (errors != null) {
      errors.complete();
    }
  }

  private void add(int index, Outcome outcome, ResultLines lines, Input input) throws IOException {
    switch (outcome.kind()) {
      case SUCCEEDED -> {
        if (results != null) {
          lines.result(
              index, input.firstItem(index), input.itemsIn(index), outcome.body(), results::write);
        }
      }
      case FAILED -> {
        if (errors != null) {
          var error = JSON.valueToTree(BatchError.fromJson(outcome.body()));
          lines.error(index, outcome.attempts(), error, input.payload(index), errors::write);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (var _ = results;
        var _ = errors) {
      return;
    }
  }
}
