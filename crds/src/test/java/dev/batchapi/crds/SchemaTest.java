package dev.batchapi.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must be true of every field, whoever adds the next one. */
class SchemaTest {

  @ParameterizedTest
  @ValueSource(strings = {"BatchAPI", "BatchJob"})
  void everyFieldHasADescription(String kind) {
    var without = new ArrayList<String>();
    walk(
        "",
        schema(kind),
        (path, field) -> {
          if (!path.endsWith("[]")
              && !path.endsWith("{}")
              && field.path("description").asText().isBlank()) {
            without.add(path);
          }
        });
    assertThat(without).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"BatchAPI", "BatchJob"})
  void everythingIsBounded(String kind) {
    var unbounded = new ArrayList<String>();
    walk(
        "",
        schema(kind),
        (path, field) -> {
          boolean bounded =
              switch (field.path("type").asText()) {
                case "string" -> field.has("maxLength") || field.has("enum");
                case "array" -> field.has("maxItems");
                case "integer" -> field.has("minimum");
                case "number" -> field.has("minimum") && field.has("maximum");
                case "object" -> field.has("properties") || field.has("maxProperties");
                default -> true;
              };
          if (!bounded) {
            unbounded.add(path);
          }
        });
    assertThat(unbounded).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"BatchAPI", "BatchJob"})
  void everyListSaysHowItMerges(String kind) {
    var without = new ArrayList<String>();
    walk(
        "",
        schema(kind),
        (path, field) -> {
          if (field.path("type").asText().equals("array") && !field.has("x-kubernetes-list-type")) {
            without.add(path);
          }
        });
    assertThat(without).isEmpty();
  }

  /**
   * {@code kubectl apply} replaces lists as a whole: a default in one would be a change each time
   * that a file is applied.
   */
  @ParameterizedTest
  @ValueSource(strings = {"BatchAPI", "BatchJob"})
  void noDefaultStandsInsideAList(String kind) {
    var presets = new ArrayList<String>();
    walk(
        "",
        schema(kind),
        (path, field) -> {
          if (path.contains("[]") && field.has("default")) {
            presets.add(path);
          }
        });
    assertThat(presets).isEmpty();
  }

  private static JsonNode schema(String kind) {
    return Manifest.schema(CrdYaml.MAPPER.createObjectNode().put("kind", kind));
  }

  private static void walk(String path, JsonNode schema, Visitor visitor) {
    visitor.visit(path, schema);
    schema
        .path("properties")
        .properties()
        .forEach(p -> walk(path + "." + p.getKey(), p.getValue(), visitor));
    for (var inner : List.of("items", "additionalProperties")) {
      if (schema.path(inner).isObject()) {
        walk(path + (inner.equals("items") ? "[]" : "{}"), schema.get(inner), visitor);
      }
    }
  }

  private interface Visitor {
    void visit(String path, JsonNode field);
  }
}
