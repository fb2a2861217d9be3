package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What stands at a place of some JSON, in a few words. */
final class Found {
  static final String NULL = "null";
  static final String MISSING = "missing";

  private static final int MOST_FIELDS = 8;
  private static final int MOST_CHARACTERS = 60;

  private Found() {}

  static String at(List<Reference> path, ObjectMapper mapper, byte[] json, int offset, int length) {
    JsonNode node;
    try {
      node = mapper.readTree(json, offset, length);
    } catch (IOException | RuntimeException e) {
      return "no JSON";
    }
    for (Reference step : path) {
      String name = step.getFieldName();
      node = name == null ? node.path(step.getIndex()) : node.path(name);
    }
    return of(node == null ? MissingNode.getInstance() : node);
  }

  private static String of(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "the text " + shortened(node.toString());
      case NUMBER -> "the number " + shortened(node.toString());
      case ARRAY -> "a list";
      case OBJECT -> node.isEmpty() ? "an empty object" : "an object with " + fields(names(node));
      case MISSING -> MISSING;
      case NULL -> NULL;
      default -> node.toString();
    };
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The names of an object's fields, the first ones. */
  static String fields(List<String> names) {
    List<String> shown = names.stream().limit(MOST_FIELDS).map(Found::shortened).toList();
    return (names.size() == 1 ? "the field " : "the fields ")
        + String.join(", ", shown)
        + (names.size() > MOST_FIELDS ? ", …" : "");
  }

  private static String shortened(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
  }
}
