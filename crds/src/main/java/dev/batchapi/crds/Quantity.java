package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/** An amount of a resource as Kubernetes writes it, such as {@code 500m} or {@code 2Gi}. */
public record Quantity(@JsonValue String text) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Quantity of(JsonNode json) {
    return new Quantity(json.asText());
  }
}
