package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * How many batches, or items, may fail: a number, or a percentage of all.
 *
 * @param json an integer, or a string such as {@code 5%}
 */
public record FailureLimit(@JsonValue JsonNode json) {

  // Said explicitly: without it Jackson reads an object with a field "json".
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public FailureLimit {}

  /** This many batches. */
  public static FailureLimit batches(int count) {
    return new FailureLimit(IntNode.valueOf(count));
  }

  /** This many of a hundred batches, 0 to 100. */
  public static FailureLimit percent(int percent) {
    return new FailureLimit(TextNode.valueOf(percent + "%"));
  }

  /** Whether it is a number of at least 0 or a percentage up to 100. */
  boolean isValid() {
    return json.isTextual()
        ? json.textValue().matches(Syntax.PERCENT)
        : json.canConvertToExactIntegral() && json.longValue() >= 0;
  }

  /** As a number; of a percentage: of {@code total}, rounded down. */
  public int resolve(int total) {
    if (!json.isTextual()) {
      return (int) Math.min(json.longValue(), Integer.MAX_VALUE);
    }
    String text = json.textValue();
    long percent = Long.parseLong(text.substring(0, text.length() - 1));
    return (int) (total * percent / 100);
  }
}
