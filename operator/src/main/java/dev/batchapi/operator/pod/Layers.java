package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lays one tree over another, as Kubernetes merges its own types: objects field by field, lists
 * whose elements have a key element by element, and of anything else the upper one stands. A null
 * says nothing.
 */
final class Layers {
  private static final Map<String, String> KEYS =
      Map.of(
          "containers", "name",
          "initContainers", "name",
          "volumes", "name",
          "env", "name",
          "volumeMounts", "mountPath");

  private Layers() {}

  /**
   * Lays the author's settings over ours.
   *
   * @param path what messages call the author's
   * @throws PodTemplateException if theirs is not what ours is, an object or a list, or an element
   *     has no key or one that another has
   */
  static ObjectNode authors(ObjectNode over, ObjectNode under, String path) {
    check(path, "", under, over);
    return merge(under, over);
  }

  /** Lays our settings over any. */
  static ObjectNode merge(ObjectNode under, ObjectNode over) {
    var merged = under.deepCopy();
    for (var field : over.properties()) {
      var name = field.getKey();
      merged.set(name, merge(name, merged.get(name), field.getValue()));
    }
    return merged;
  }

  private static JsonNode merge(String field, @Nullable JsonNode under, JsonNode over) {
    if (under == null || under.isNull()) {
      return over.deepCopy();
    }
    if (over.isNull()) {
      return under;
    }
    var key = KEYS.get(field);
    if (key != null && under instanceof ArrayNode below && over instanceof ArrayNode above) {
      return list(field, key, below, above);
    }
    if (under instanceof ObjectNode below && over instanceof ObjectNode above) {
      return merge(below, above);
    }
    return over.deepCopy();
  }

  /** In the order of {@code under}, the others behind. */
  private static ArrayNode list(String field, String key, ArrayNode under, ArrayNode over) {
    var elements = new LinkedHashMap<String, JsonNode>();
    under.forEach(element -> elements.put(element.path(key).asText(), element));
    for (var element : over) {
      elements.merge(
          element.path(key).asText(),
          element,
          // A variable has its value from one place: two halves of it would be none.
          (below, above) -> field.equals("env") ? above : merge(field, below, above));
    }
    var merged = JsonNodeFactory.instance.arrayNode();
    elements.values().forEach(merged::add);
    return merged;
  }

  private static void check(String path, String field, JsonNode ours, JsonNode theirs) {
    if (ours.isMissingNode() || ours.isNull() || theirs.isNull()) {
      return;
    }
    if (ours.isObject() != theirs.isObject() || ours.isArray() != theirs.isArray()) {
      throw new PodTemplateException(
          "%s must be %s, but is %s.".formatted(path, kind(ours), kind(theirs)));
    }
    for (var inner : theirs.properties()) {
      var name = inner.getKey();
      check(path + "." + name, name, ours.path(name), inner.getValue());
    }
    var key = KEYS.get(field);
    if (key != null && theirs instanceof ArrayNode list) {
      checkElements(path, key, ours, list);
    }
  }

  private static void checkElements(String path, String key, JsonNode ours, ArrayNode theirs) {
    var names = new HashSet<JsonNode>();
    for (var i = 0; i < theirs.size(); i++) {
      var name = theirs.get(i).path(key);
      if (!name.isTextual()) {
        throw new PodTemplateException(
            "%s[%d] has no %s, by which the elements of this list are told apart."
                .formatted(path, i, key));
      }
      if (!names.add(name)) {
        throw new PodTemplateException(
            "%s has two elements with the %s \"%s\": put them into one."
                .formatted(path, key, name.asText()));
      }
      for (var element : ours) {
        if (element.path(key).equals(name)) {
          check("%s[%s]".formatted(path, name.asText()), "", element, theirs.get(i));
        }
      }
    }
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "a list";
      case BOOLEAN -> "true or false";
      case NUMBER -> "a number";
      default -> "text";
    };
  }
}
