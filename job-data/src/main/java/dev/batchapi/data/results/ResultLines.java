package dev.batchapi.data.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.JsonElements;
import dev.batchapi.data.input.Sources;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the outcomes of one job as lines, batch after batch by index.
 *
 * <p>Results: {@code {"job": "monday", "item": 17, "batch": 1, "result": …}}, one line per item
 * where a batch's result is a list as long as its payload; otherwise, and for all batches of a job
 * with {@code handler.results: Batch}, one line per batch, without {@code item}. Errors: {@code
 * {"job": "monday", "batch": 3, "attempts": 3, "error": {…}, "payload": […]}}, one line per failed
 * batch; and {@code {"job": "monday", "item": 17, "batch": 1, "attempts": 3, "error": {…},
 * "payload": …}}, one line per item that failed alone, the item itself as its payload. What stands
 * in a file has its {@code "source": "data.csv:17"} after {@code batch}; of a batch of several
 * items it is {@code "data.csv:17 to data.csv:26"}. Items that could not be read again are {@code
 * null}, and before them stands {@code "unread": "why"}. An error is what was recorded but for how
 * long its attempt took, so that the same outcomes are the same bytes. Not thread-safe.
 */
public final class ResultLines {
  private static final String INPUT = "input";
  private static final String RESULT = "result";

  /** Of an error: how long its attempt took, which is another time when the same is run again. */
  private static final String TIME = "seconds";

  private final LineHead begin;
  private final Sources sources;
  private final boolean perItem;
  private int firstBatch = -1;
  private int others;
  private int firstOther;

  /** Takes one line after the other, in UTF-8, each with its line end. */
  public interface Lines {
    void add(byte[] line) throws IOException;

    /** The same of a line that may be too large for memory. */
    default void add(LargeLine line) throws IOException {
      add(line.toBytes());
    }
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
    this(job, sources, true);
  }

  /**
   * @param job its name
   * @param sources where its items stand
   * @param perItem whether a list has one result for each item: {@code handler.results: Item}
   */
  public ResultLines(String job, Sources sources, boolean perItem) {
    this.begin = LineHead.of(job);
    this.sources = sources;
    this.perItem = perItem;
  }

  /**
   * An item that failed alone.
   *
   * @param item its position in the batch, from 0
   * @param attempts how often it was tried
   * @param error its last error
   */
  public record FailedItem(int item, int attempts, JsonNode error) {}

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
    var elements = JsonText.list(result);
    var each = isPerItem(batch, elements != null && elements.size() == items);
    if (elements != null && each) {
      var item = 0;
      for (var element : elements) {
        itemResult(batch, firstItem, item, element, to);
        item++;
      }
    } else {
      to.add(batchHead(batch).json(RESULT, result).end());
    }
  }

  /**
   * The same with the items themselves, as {@code input} before {@code result}: of a line for an
   * item that item, of a line for a batch the list of them.
   *
   * @param its the items
   */
  public void result(int batch, int firstItem, int items, byte[] json, BatchItems its, Lines to)
      throws IOException {
    if (json.length == 0) {
      return;
    }
    var result = JsonText.text(json);
    var input = JsonText.text(its.json());
    var elements = JsonText.list(result);
    var each = isPerItem(batch, elements != null && elements.size() == items);
    if (elements != null && each) {
      var inputs = inputs(input, items);
      var item = 0;
      for (var element : elements) {
        var head = its.in(itemHead(batch, firstItem, item)).json(INPUT, inputs.get(item));
        to.add(head.json(RESULT, element).end());
        item++;
      }
    } else {
      var head = its.in(batchHead(batch)).json(INPUT, input);
      to.add(head.json(RESULT, result).end());
    }
  }

  /**
   * The same of a result that is too large for memory.
   *
   * @param json what is known to be JSON
   * @param its the items, if lines have them; null: they have none
   */
  public void result(
      int batch, int firstItem, int items, LargeJson json, @Nullable BatchItems its, Lines to)
      throws IOException {
    var input = its == null ? null : JsonText.text(its.json());
    if (isPerItem(batch, json.elements((index, element) -> {}) == items)) {
      var inputs = input == null ? null : inputs(input, items);
      json.elements(
          (item, element) -> {
            var head = itemHead(batch, firstItem, item);
            if (its != null) {
              its.in(head);
            }
            to.add(line(head, inputs == null ? null : inputs.get(item), element));
          });
    } else {
      var head = batchHead(batch);
      if (its != null) {
        its.in(head);
      }
      to.add(line(head, input, json.value()));
    }
  }

  /** One for each item, also if they can't be read any more. */
  private static List<String> inputs(String input, int items) throws IOException {
    var elements = JsonText.list(input);
    return elements != null && elements.size() == items
        ? elements
        : Collections.nCopies(items, "null");
  }

  private static LargeLine line(LineHead head, @Nullable String input, LargeJson.Part result) {
    return new LargeLine((input == null ? head : head.json(INPUT, input)).before(RESULT), result);
  }

  private void itemResult(int batch, int firstItem, int item, String json, Lines to)
      throws IOException {
    to.add(itemHead(batch, firstItem, item).json(RESULT, json).end());
  }

  private LineHead itemHead(int batch, int firstItem, int item) {
    return head()
        .put("item", sources.number(batch, firstItem, item))
        .put("batch", batch)
        .source(sources.source(batch, item));
  }

  private boolean isPerItem(int batch, boolean fits) {
    if (perItem && fits && firstBatch < 0) {
      firstBatch = batch;
    }
    if (perItem && !fits && others++ == 0) {
      firstOther = batch;
    }
    return perItem && fits;
  }

  /**
   * Writes a batch some of whose items failed alone.
   *
   * @param firstItem the position of its first item in the job
   * @param results one for each item, as JSON; those of items that failed are not looked at
   * @param failed the items that failed, ascending; others that the batch has not are passed over
   * @param its what it was to work on
   * @param withItems whether lines of results have the item as {@code input}
   * @throws IOException if a line is not taken
   */
  public void items(
      int batch,
      int firstItem,
      List<String> results,
      List<FailedItem> failed,
      BatchItems its,
      boolean withItems,
      Lines toResults,
      Lines toErrors)
      throws IOException {
    var errors = new HashMap<Integer, FailedItem>();
    failed.forEach(one -> errors.put(one.item, one));
    var items = elements(its.json());
    var whole = JsonText.text(its.json());
    for (var item = 0; item < results.size(); item++) {
      var one = errors.get(item);
      // Of a batch whose items were not read there are their places.
      var json = items.isEmpty() ? whole : item < items.size() ? items.get(item) : "null";
      if (one != null) {
        toErrors.add(error(itemHead(batch, firstItem, item), one, its, json));
      } else if (withItems) {
        var head = its.in(itemHead(batch, firstItem, item)).json(INPUT, json);
        toResults.add(head.json(RESULT, results.get(item)).end());
      } else {
        itemResult(batch, firstItem, item, results.get(item), toResults);
      }
    }
  }

  /**
   * The same where the results are too large for memory.
   *
   * @param results known to be JSON
   * @throws IOException if they are no list, or a line is not taken
   */
  public void items(
      int batch,
      int firstItem,
      LargeJson results,
      List<FailedItem> failed,
      BatchItems its,
      boolean withItems,
      Lines toResults,
      Lines toErrors)
      throws IOException {
    var errors = new HashMap<Integer, FailedItem>();
    failed.forEach(one -> errors.put(one.item, one));
    var items = elements(its.json());
    var whole = JsonText.text(its.json());
    var count =
        results.elements(
            (item, result) -> {
              var one = errors.get(item);
              var json = items.isEmpty() ? whole : item < items.size() ? items.get(item) : "null";
              var head = itemHead(batch, firstItem, item);
              if (one != null) {
                toErrors.add(error(head, one, its, json));
              } else if (withItems) {
                toResults.add(line(its.in(head), json, result));
              } else {
                toResults.add(line(head, null, result));
              }
            });
    if (count < 0) {
      throw new IOException("it is no list");
    }
  }

  private static byte[] error(LineHead head, FailedItem failed, BatchItems its, String json)
      throws IOException {
    head.put("attempts", failed.attempts).put("error", repeatable(failed.error));
    return its.in(head).json("payload", json).end();
  }

  private static List<String> elements(byte[] payload) {
    try {
      return JsonElements.split(JsonText.text(payload));
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Writes a batch that failed.
   *
   * @param attempts how often it was tried
   * @param error its last error
   * @param its what it was to work on
   */
  public void error(int batch, int attempts, JsonNode error, BatchItems its, Lines to)
      throws IOException {
    var head = head().put("batch", batch).put("attempts", attempts);
    head.source(sources.source(batch)).put("error", repeatable(error));
    to.add(its.in(head).json("payload", JsonText.text(its.json())).end());
  }

  private static JsonNode repeatable(JsonNode error) {
    return error instanceof ObjectNode of && of.has(TIME) ? of.deepCopy().without(TIME) : error;
  }

  private LineHead batchHead(int batch) {
    return head().put("batch", batch).source(sources.source(batch));
  }

  private LineHead head() {
    return begin.copy();
  }

  /**
   * What is to be said if the job's results are one per item, and some batches returned something
   * else: where nothing looked at them while the job ran, their results are lines without {@code
   * item}.
   */
  public Optional<String> remark() {
    return others == 0 || firstBatch < 0
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
