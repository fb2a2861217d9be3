package dev.batchapi.runtime.local.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
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
