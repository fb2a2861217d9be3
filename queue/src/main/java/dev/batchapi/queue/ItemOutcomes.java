package dev.batchapi.queue;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.JsonElements;
import dev.batchapi.contract.TextLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * The body of an outcome some of whose items failed: {@code {"results": [...], "errors": [{"item":
 * 3, "attempts": 2, "error": {...}}]}}.
 *
 * @param results one result for each item of the batch, each as JSON; {@code null} in JSON at those
 *     that failed
 * @param errors at least one, ascending by item
 */
public record ItemOutcomes(List<String> results, List<ItemError> errors) {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** What JSON costs around an error's texts at most: field names, numbers, a reason. */
  private static final int AROUND = 192;

  /** Bytes of a text of which both ends are shown, at the least. */
  private static final int SHORTEST = 16;

  /**
   * One item that failed.
   *
   * @param item its position in the batch, from 0
   * @param attempts how often it was tried
   * @param error its last error
   */
  public record ItemError(int item, int attempts, BatchError error) {
    public ItemError {
      if (item < 0 || attempts < 1) {
        throw new IllegalArgumentException("no item, or no attempt");
      }
      Objects.requireNonNull(error);
    }
  }

  public ItemOutcomes {
    results = List.copyOf(results);
    errors = List.copyOf(errors);
    if (errors.isEmpty()) {
      throw new IllegalArgumentException("no item failed");
    }
  }

  /** As JSON; errors are as long as they are. */
  public byte[] toJson() {
    try {
      var out = new ByteArrayOutputStream();
      out.writeBytes("{\"results\":[".getBytes(StandardCharsets.UTF_8));
      out.writeBytes(String.join(",", results).getBytes(StandardCharsets.UTF_8));
      out.writeBytes("],\"errors\":".getBytes(StandardCharsets.UTF_8));
      out.writeBytes(JSON.writeValueAsBytes(errors));
      out.write('}');
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same with errors that are cut so that the whole has at most so many bytes as JSON: their
   * stacks first, then their messages. Results are never cut, so it may still have more.
   */
  public ItemOutcomes within(int limit) {
    if (toJson().length <= limit) {
      return this;
    }
    var room = (long) limit - String.join(",", results).getBytes(StandardCharsets.UTF_8).length;
    // JSON makes at most six bytes of one.
    var each = Math.clamp((room / errors.size() - AROUND) / 6, 0, BatchError.MAX_BYTES);
    return new ItemOutcomes(results, errors.stream().map(error -> cut(error, each)).toList());
  }

  private static ItemError cut(ItemError error, int bytes) {
    var of = error.error;
    var type = of.type() == null ? null : cut(of.type(), Math.min(100, bytes / 4));
    var message = cut(of.message(), bytes * 3 / 4);
    return new ItemError(
        error.item, error.attempts, new BatchError(of.reason(), message, type, null, of.seconds()));
  }

  /** Of next to nothing no beginning and end can be told apart. */
  private static String cut(String text, int bytes) {
    return bytes < SHORTEST ? "" : TextLimit.bothEnds(text, bytes);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UncheckedIOException if it is something else
   */
  public static ItemOutcomes fromJson(byte[] json) {
    try {
      var text = new String(json, StandardCharsets.UTF_8);
      try (var parser = JsonElements.parser(text)) {
        expect(parser.nextToken() == JsonToken.START_OBJECT);
        expect("results".equals(parser.nextFieldName()));
        expect(parser.nextToken() == JsonToken.START_ARRAY);
        var results = JsonElements.split(parser, text);
        expect("errors".equals(parser.nextFieldName()));
        parser.nextToken();
        var from = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        var errors = text.substring(from, (int) parser.currentLocation().getCharOffset());
        return new ItemOutcomes(results, List.of(JSON.readValue(errors, ItemError[].class)));
      }
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      throw new UncheckedIOException(new IOException("no record of a batch's items", e));
    }
  }

  /**
   * The same of a batch of so many items.
   *
   * @throws UncheckedIOException if it is something else; the message says what, for people
   */
  public static ItemOutcomes of(byte[] json, int items) {
    var found = withErrorsOf(json, items);
    if (found.results.size() != items) {
      throw new UncheckedIOException(
          new IOException(
              "What was recorded of the batch's items is of %d, and the batch has %d."
                  .formatted(found.results.size(), items)));
    }
    return found;
  }

  /**
   * Only the errors, of a batch of so many items: its results may lie elsewhere.
   *
   * @return ascending by item, and none of them twice
   * @throws UncheckedIOException if it is something else; the message says what, for people
   */
  public static List<ItemError> errors(byte[] json, int items) {
    return withErrorsOf(json, items).errors;
  }

  private static ItemOutcomes withErrorsOf(byte[] json, int items) {
    ItemOutcomes found;
    try {
      found = fromJson(json);
    } catch (UncheckedIOException e) {
      throw new UncheckedIOException(
          new IOException("What was recorded of the batch's items can't be read.", e));
    }
    var last = -1;
    for (var error : found.errors) {
      if (error.item <= last) {
        throw new UncheckedIOException(
            new IOException(
                "What was recorded of the batch's items names number %d after number %d."
                    .formatted(error.item, last)));
      }
      last = error.item;
    }
    if (last >= items) {
      throw new UncheckedIOException(
          new IOException(
              "The last item that was recorded as failed is number %d, and the batch has %d."
                  .formatted(last, items)));
    }
    return found;
  }

  private static void expect(boolean found) throws IOException {
    if (!found) {
      throw new IOException("not its fields");
    }
  }
}
