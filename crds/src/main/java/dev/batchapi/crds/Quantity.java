package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * An amount of a resource as Kubernetes writes it, such as {@code 500m}, {@code 2Gi} or 2.
 *
 * @param json an integer or a string
 */
public record Quantity(@JsonValue JsonNode json) {

  // Said explicitly: without it Jackson reads an object with a field "json".
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Quantity {}

  /** As text, which is how the Kubernetes client takes it. */
  public String text() {
    return json.asText();
  }
}
