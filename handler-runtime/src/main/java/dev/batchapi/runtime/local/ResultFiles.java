package dev.batchapi.runtime.local;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.input.Input;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the ledger holds as JSON lines, by index.
 *
 * <p>Results: {@code {"item": 17, "batch": 1, "result": …}}, one line per item when the batch's
 * result is a list as long as its payload; otherwise one line per batch, without {@code item}.
 * Errors: {@code {"batch": 3, "attempts": 3, "error": {…}, "payload": […]}}, one line per failed
 * batch.
 */
final class ResultFiles {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private final String job;
  private final Ledger ledger;
  private final Input input;

  ResultFiles(String job, Ledger ledger, Input input) {
    this.job = job;
    this.ledger = ledger;
    this.input = input;
  }

  void writeResults(Path file) throws IOException {
    write(
        file,
        Outcome.Kind.SUCCEEDED,
        (out, index, outcome) -> {
          var result = outcome.body().length == 0 ? null : JSON.readTree(outcome.body());
          if (result != null && result.isArray() && result.size() == input.itemsIn(index)) {
            for (var i = 0; i < result.size(); i++) {
              resultLine(out, input.firstItem(index) + i, index, result.get(i));
            }
          } else if (result != null) {
            resultLine(out, null, index, result);
          }
        });
  }

  void writeErrors(Path file) throws IOException {
    write(
        file,
        Outcome.Kind.FAILED,
        (out, index, outcome) -> {
          var line = JSON.createObjectNode();
          line.put("batch", index);
          line.put("attempts", outcome.attempts());
          line.set("error", JSON.valueToTree(BatchError.fromJson(outcome.body())));
          line.set("payload", JSON.readTree(input.payload(index)));
          line(out, line);
        });
  }

  private static void resultLine(BufferedWriter out, @Nullable Integer item, int batch, JsonNode r)
      throws IOException {
    var line = JSON.createObjectNode();
    if (item != null) {
      line.put("item", item);
    }
    line.put("batch", batch);
    line.set("result", r);
    line(out, line);
  }

  private static void line(BufferedWriter out, JsonNode line)
      throws IOException, JsonProcessingException {
    out.write(JSON.writeValueAsString(line));
    out.newLine();
  }

  private interface Lines {
    void write(BufferedWriter out, int index, Outcome outcome) throws IOException;
  }

  private void write(Path file, Outcome.Kind kind, Lines lines) throws IOException {
    try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      ledger.outcomes(
          job,
          (index, outcome) -> {
            try {
              if (outcome.kind() == kind) {
                lines.write(out, index, outcome);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException("can't write " + file + ": " + e.getCause(), e);
    }
  }
}
