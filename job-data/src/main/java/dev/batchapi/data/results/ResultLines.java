package dev.batchapi.data.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the outcomes of one job as lines, batch after batch by index.
 *
 * <p>Results: {@code {"job": "monday", "item": 17, "batch": 1, "result": …}}, one line per item
 * when a batch's result is a list as long as its payload; otherwise one line per batch, without
 * {@code item}. The first batch that returned something decides for the job: if it has one line, so
 * has every other, and no list is taken apart because it happens to be as long as its payload.
 * Errors: {@code {"job": "monday", "batch": 3, "attempts": 3, "error": {…}, "payload": […]}}, one
 * line per failed batch. Not thread-safe.
 */
public final class ResultLines {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String job;
  private @Nullable Boolean perItem;
  private int firstBatch;
  private int others;
  private int firstOther;

  /** Takes one line after the other, in UTF-8, each with its line end. */
  public interface Lines {
    void add(byte[] line) throws IOException;
  }

  /**
   * @param job its name
   */
  public ResultLines(String job) {
    this.job = job;
  }

  /**
   * Writes what a batch returned; nothing if that is nothing.
   *
   * @param firstItem the position of its first item in the job
   * @param items the length of its payload
   * @param json what the handler returned; empty for nothing
   * @throws IOException if it is no JSON, or a line is not taken
   */
  public void result(int batch, int firstItem, int items, byte[] json, Lines to)
      throws IOException {
    if (json.length == 0) {
      return;
    }
    var result = JsonText.text(json);
    if (isPerItem(batch, JsonText.elements(result) == items)) {
      var item = firstItem;
      for (var element : JsonText.split(result)) {
        to.add(JsonText.line(head().put("item", item++).put("batch", batch), "result", element));
      }
    } else {
      to.add(JsonText.line(head().put("batch", batch), "result", result));
    }
  }

  private boolean isPerItem(int batch, boolean fits) {
    if (perItem == null) {
      perItem = fits;
      firstBatch = batch;
    }
    if (perItem != fits && others++ == 0) {
      firstOther = batch;
    }
    return perItem && fits;
  }

  /**
   * Writes a batch that failed.
   *
   * @param attempts how often it was tried
   * @param error its last error
   * @param payload what it was to work on, as JSON
   */
  public void error(int batch, int attempts, JsonNode error, byte[] payload, Lines to)
      throws IOException {
    var head = head().put("batch", batch).put("attempts", attempts);
    head.set("error", error);
    to.add(JsonText.line(head, "payload", JsonText.text(payload)));
  }

  private ObjectNode head() {
    return JSON.createObjectNode().put("job", job);
  }

  /**
   * What is to be said if the job's results are one per item, and some batches returned something
   * else: where nothing looked at them while the job ran, their results are lines without {@code
   * item}.
   */
  public Optional<String> remark() {
    return others == 0 || !Boolean.TRUE.equals(perItem)
        ? Optional.empty()
        : Optional.of(
            "Batch %d returned a list of one result for each item, and %s did not: what %s returned is one line without item."
                .formatted(
                    firstBatch,
                    others == 1
                        ? "batch " + firstOther
                        : "%d others (first batch %d)".formatted(others, firstOther),
                    others == 1 ? "it" : "each of them"));
  }
}
