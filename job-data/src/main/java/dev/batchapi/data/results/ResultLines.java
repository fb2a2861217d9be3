package dev.batchapi.data.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.data.input.Sources;
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
 * line per failed batch. What stands in a file has its {@code "source": "data.csv:17"} after {@code
 * batch} or {@code attempts}; of a batch of several items it is {@code "data.csv:17 to
 * data.csv:26"}. Not thread-safe.
 */
public final class ResultLines {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String INPUT = "input";

  private final String job;
  private final Sources sources;
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
    this(job, Sources.NONE);
  }

  /**
   * @param job its name
   * @param sources where its items stand
   */
  public ResultLines(String job, Sources sources) {
    this.job = job;
    this.sources = sources;
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
      var item = 0;
      for (var element : JsonText.split(result)) {
        var head = head().put("item", firstItem + item).put("batch", batch);
        to.add(JsonText.line(with(sources.source(batch, item), head), "result", element));
        item++;
      }
    } else {
      var head = with(sources.source(batch), head().put("batch", batch));
      to.add(JsonText.line(head, "result", result));
    }
  }

  /**
   * The same with the items themselves, as {@code input} before {@code result}: of a line for an
   * item that item, of a line for a batch the list of them.
   *
   * @param payload the items, as JSON; {@code null} as JSON if they can't be read any more
   */
  public void result(int batch, int firstItem, int items, byte[] json, byte[] payload, Lines to)
      throws IOException {
    if (json.length == 0) {
      return;
    }
    var result = JsonText.text(json);
    var input = JsonText.text(payload);
    if (isPerItem(batch, JsonText.elements(result) == items)) {
      var inputs = JsonText.elements(input) == items ? JsonText.split(input) : null;
      var item = 0;
      for (var element : JsonText.split(result)) {
        var head = head().put("item", firstItem + item).put("batch", batch);
        with(sources.source(batch, item), head);
        var its = inputs == null ? "null" : inputs.get(item);
        to.add(JsonText.line(head, INPUT, its, "result", element));
        item++;
      }
    } else {
      var head = with(sources.source(batch), head().put("batch", batch));
      to.add(JsonText.line(head, INPUT, input, "result", result));
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
   * @param payload what it was to work on, as JSON; {@code null} if that can't be read any more
   */
  public void error(int batch, int attempts, JsonNode error, byte[] payload, Lines to)
      throws IOException {
    var head = head().put("batch", batch).put("attempts", attempts);
    with(sources.source(batch), head).set("error", error);
    to.add(JsonText.line(head, "payload", JsonText.text(payload)));
  }

  private static ObjectNode with(@Nullable String source, ObjectNode head) {
    return source == null ? head : head.put("source", source);
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
