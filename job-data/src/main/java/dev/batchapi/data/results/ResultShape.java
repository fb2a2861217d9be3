package dev.batchapi.data.results;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a job's results are one per item or one per batch. A batch whose result is a list as long
 * as its payload has one per item. The first batch that returns something decides for all: a
 * handler that loses an item must not turn into one of the other kind. Thread-safe.
 */
public final class ResultShape {
  private @Nullable Result first;

  /**
   * What a batch returned.
   *
   * @param elements of a list; -1 for anything else
   */
  private record Result(int batch, int items, int elements) {
    boolean isPerItem() {
      return elements == items;
    }

    String text() {
      return (elements < 0 ? "no list" : "a list of " + count(elements, "result"))
          + " for "
          + count(items, "item");
    }

    private static String count(int n, String what) {
      return n + " " + what + (n == 1 ? "" : "s");
    }
  }

  /**
   * Looks at a batch's result.
   *
   * @param items the length of its payload
   * @param json what the handler returned; empty for nothing, which is of no kind
   * @return why the batch failed; empty if it didn't
   */
  public Optional<String> refuse(int batch, int items, byte[] json) {
    if (json.length == 0) {
      return Optional.empty();
    }
    try {
      return refuse(new Result(batch, items, JsonText.elements(JsonText.text(json))));
    } catch (IOException e) {
      return Optional.of("The result is no JSON: " + e.getMessage());
    }
  }

  private synchronized Optional<String> refuse(Result result) {
    if (first == null) {
      first = result;
    }
    if (result.isPerItem() == first.isPerItem()) {
      return Optional.empty();
    }
    return Optional.of(
        "The handler returned %s, but batch %d of this job had %s. Return a list with one result per item from every batch, None (null) for an item without one; or, for one result per batch, no list but an object that holds it."
            .formatted(result.text(), first.batch, first.text()));
  }
}
