package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One document of a file.
 *
 * @param places of its fields, by path
 */
record Document(Path file, JsonNode json, Map<String, Place> places) {

  /**
   * Where a field stands.
   *
   * @param line from 1
   * @param written a scalar as it is written, without quotes; null for lists and objects
   */
  record Place(int line, @Nullable String written) {}

  /** About a field of this document, which need not be there: then the line is its parent's. */
  Problem problem(String path, String message) {
    return new Problem(file, line(path), path, message);
  }

  /** This document is of another kind, which is said and does no harm. */
  Problem skipped() {
    return problem(
        "",
        "%s \"%s\" is skipped: it is for a cluster"
            .formatted(json.path("kind").asText(), json.at("/metadata/name").asText("")));
  }

  /** Whether it holds other documents. */
  boolean isList() {
    return json.path("kind").asText().equals("List") && json.path("items").isArray();
  }

  /** The documents that a {@code List} holds. */
  List<Document> items() {
    var items = new ArrayList<Document>();
    for (int i = 0; i < json.path("items").size(); i++) {
      var prefix = entry("items", i);
      var own = new HashMap<String, Place>();
      places.forEach(
          (path, place) -> {
            if (path.equals(prefix)) {
              own.put("", place);
            } else if (path.startsWith(prefix + ".")) {
              own.put(path.substring(prefix.length() + 1), place);
            }
          });
      items.add(new Document(file, json.path("items").get(i), own));
    }
    return items;
  }

  int line(String path) {
    for (String at = path; ; at = parent(at)) {
      Place place = places.get(at);
      if (place != null) {
        return place.line();
      }
      if (at.isEmpty()) {
        return 1;
      }
    }
  }

  Optional<String> written(String path) {
    return Optional.ofNullable(places.get(path)).map(Place::written);
  }

  static String field(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  static String entry(String path, int index) {
    return path + "[" + index + "]";
  }

  private static String parent(String path) {
    int end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
    return path.substring(0, Math.max(end, 0));
  }
}
