package dev.batchapi.metrics;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What java-dogstatsd-client adds to every line, so that an agent knows where it comes from. */
final class Origin {
  /** Variables that it makes tags of, with these keys. */
  private static final Map<String, String> TAGS =
      Map.of(
          "DD_ENTITY_ID", "dd.internal.entity_id",
          "DD_SERVICE", "service",
          "DD_ENV", "env",
          "DD_VERSION", "version");

  private static final List<String> CARDINALITY = List.of("DD_CARDINALITY", "DATADOG_CARDINALITY");

  /** Of {@code |c:} and a container's id, with its prefix. */
  private static final int CONTAINER = 3 + 80;

  /** Of {@code |card:orchestrator}. */
  private static final int LONGEST_CARDINALITY = 18;

  private static final int SEPARATOR = 2;

  private Origin() {}

  /** How many bytes that are, at most. */
  static int longest(Map<String, String> environment) {
    int bytes = CONTAINER + SEPARATOR;
    for (Map.Entry<String, String> tag : TAGS.entrySet()) {
      String value = environment.getOrDefault(tag.getKey(), "");
      if (!value.isBlank()) {
        bytes += tag.getValue().length() + SEPARATOR + length(value);
      }
    }
    String external = environment.getOrDefault("DD_EXTERNAL_ENV", "");
    if (!external.isEmpty()) {
      bytes += "|e:".length() + length(external);
    }
    if (CARDINALITY.stream().anyMatch(environment::containsKey)) {
      bytes += LONGEST_CARDINALITY;
    }
    return bytes;
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
