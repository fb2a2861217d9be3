package dev.batchapi.runtime.local.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What may stand in a file. */
enum Kind {
  BATCH_API("batchapi.dev/v1alpha1", "BatchAPI", "batchapis.batchapi.dev.yaml"),
  BATCH_JOB("batchapi.dev/v1alpha1", "BatchJob", "batchjobs.batchapi.dev.yaml"),
  CONFIG_MAP("v1", "ConfigMap", "configmap.yaml");

  static final String KNOWN = "BatchAPI, BatchJob and ConfigMap";

  final String apiVersion;
  final String kind;

  /** The file with its schema. */
  final String schema;

  Kind(String apiVersion, String kind, String schema) {
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.schema = schema;
  }

  /** The kind of a document; if it is none, why is added to {@code problems}. */
  static Optional<Kind> of(Document document, List<Problem> problems) {
    JsonNode json = document.json();
    if (!json.isObject()) {
      problems.add(
          document.problem(
              "",
              "must have the fields apiVersion, kind, metadata and spec, but is " + what(json)));
      return Optional.empty();
    }
    if (!json.has("kind") && !json.has("apiVersion")) {
      problems.add(
          document.problem("", "is none of %s: it has no apiVersion and no kind".formatted(KNOWN)));
      return Optional.empty();
    }
    if (!json.path("kind").isTextual()) {
      problems.add(document.problem("kind", "is missing. Known are " + KNOWN + "."));
      return Optional.empty();
    }
    String name = json.get("kind").textValue();
    var kind = Arrays.stream(values()).filter(k -> k.kind.equals(name)).findFirst();
    if (kind.isEmpty()) {
      problems.add(document.problem("kind", unknown(name)));
      return Optional.empty();
    }
    String apiVersion = json.path("apiVersion").asText();
    if (!apiVersion.equals(kind.get().apiVersion)) {
      problems.add(
          document.problem(
              "apiVersion",
              apiVersion.isEmpty()
                  ? "is missing. Of a %s it is %s.".formatted(name, kind.get().apiVersion)
                  : "of a %s must be %s, but is %s"
                      .formatted(name, kind.get().apiVersion, apiVersion)));
      return Optional.empty();
    }
    return kind;
  }

  private static String unknown(String name) {
    String hint = Nearest.hint(name, Arrays.stream(values()).map(k -> k.kind).toList());
    return hint.isEmpty()
        ? "%s is nothing that can be run here; known are %s".formatted(name, KNOWN)
        : "unknown kind " + name + hint;
  }

  private static String what(JsonNode json) {
    return json.isArray() ? "a list" : "text";
  }
}
