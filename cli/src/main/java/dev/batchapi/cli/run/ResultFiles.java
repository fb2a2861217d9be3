package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.data.input.Input;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files that results and failed batches are written to as JSON lines, job after job, by index.
 *
 * <p>Results: {@code {"job": "monday", "item": 17, "batch": 1, "result": …}}, one line per item
 * when the batch's result is a list as long as its payload; otherwise one line per batch, without
 * {@code item}. Which of the two is the same for all batches of a job: {@link ResultShape}. Errors:
 * {@code {"job": "monday", "batch": 3, "attempts": 3, "error": {…}, "payload": […]}}, one line per
 * failed batch.
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
    try {
      ledger.outcomes(
          id,
          (index, outcome) -> {
            try {
              switch (outcome.kind()) {
                case SUCCEEDED -> result(name, index, outcome, input);
                case FAILED -> error(name, index, outcome, input);
              }
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

  private void result(String name, int index, Outcome outcome, Input input) throws IOException {
    if (results == null || outcome.body().length == 0) {
      return;
    }
    var result = ResultLines.text(outcome.body());
    if (ResultLines.elements(result) != input.itemsIn(index)) {
      results.write(ResultLines.line(head(name).put("batch", index), "result", result));
      return;
    }
    var item = input.firstItem(index);
    for (var element : ResultLines.split(result)) {
      var head = head(name).put("item", item++).put("batch", index);
      results.write(ResultLines.line(head, "result", element));
    }
  }

  private void error(String name, int index, Outcome outcome, Input input) throws IOException {
    if (errors == null) {
      return;
    }
    var head = head(name).put("batch", index).put("attempts", outcome.attempts());
    head.set("error", JSON.valueToTree(BatchError.fromJson(outcome.body())));
    errors.write(ResultLines.line(head, "payload", ResultLines.text(input.payload(index))));
  }

  private static ObjectNode head(String job) {
    return JSON.createObjectNode().put("job", job);
  }

  @Override
  public void close() throws IOException {
    try (var _ = results;
        var _ = errors) {
      return;
    }
  }
}
