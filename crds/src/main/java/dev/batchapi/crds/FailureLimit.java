package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * How many batches may fail: a number, or a percentage of all.
 *
 * @param value at least 0; of a percentage at most 100
 */
public record FailureLimit(int value, boolean percent) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static FailureLimit of(JsonNode json) {
    if (json.canConvertToInt() && json.intValue() >= 0) {
      return new FailureLimit(json.intValue(), false);
    }
    if (json.isTextual() && json.textValue().matches(Syntax.PERCENT)) {
      String text = json.textValue();
      return new FailureLimit(Integer.parseInt(text.substring(0, text.length() - 1)), true);
    }
    throw new IllegalArgumentException(Rules.FAILURE_LIMIT);
  }

  /** Of a percentage: of {@code totalBatches}, rounded down. */
  public int resolve(int totalBatches) {
    return percent ? (int) ((long) totalBatches * value / 100) : value;
  }

  @JsonValue
  Object json() {
    return percent ? value + "%" : value;
  }
}
