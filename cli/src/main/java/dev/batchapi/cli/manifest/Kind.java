package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.runtime.host.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is read of a file. */
enum Kind {
  BATCH_API("batchapi.dev/v1alpha1", "BatchAPI", "batchapis.batchapi.dev.yaml"),
  BATCH_JOB("batchapi.dev/v1alpha1", "BatchJob", "batchjobs.batchapi.dev.yaml"),
  CONFIG_MAP("v1", "ConfigMap", "configmap.yaml"),
  SECRET("v1", "Secret", "secret.yaml");

  static final String KNOWN = "BatchAPI, BatchJob, ConfigMap and Secret";

  final String apiVersion;
  final String kind;

  /** The file with its schema. */
  final String schema;

  Kind(String apiVersion, String kind, String schema) {
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.schema = schema;
  }

  /** Whether the schema is this package's own and not a CRD's. */
  boolean isBuiltIn() {
    return apiVersion.equals("v1");
  }

  /**
   * The kind of a document; empty if it is another resource of Kubernetes, which is added to {@code
   * skipped}, or something wrong, which is added to {@code problems}.
   */
  static Optional<Kind> of(Document document, List<Problem> problems, List<Problem> skipped) {
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
    String apiVersion = json.path("apiVersion").asText();
    var kind = Arrays.stream(values()).filter(k -> k.kind.equals(name)).findFirst();
    if (kind.isEmpty()) {
      other(document, name, apiVersion, problems, skipped);
      return Optional.empty();
    }
    if (!apiVersion.equals(kind.get().apiVersion)) {
      if (isForeign(apiVersion, name)) {
        skipped.add(document.skipped());
        return Optional.empty();
      }
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

  private static void other(
      Document document,
      String name,
      String apiVersion,
      List<Problem> problems,
      List<Problem> skipped) {
    String hint = Nearest.question(name, Arrays.stream(values()).map(k -> k.kind).toList());
    if (apiVersion.startsWith("batchapi.dev/") || !hint.isEmpty()) {
      problems.add(
          document.problem(
              "kind",
              hint.isEmpty()
                  ? "%s is nothing that can be run here; known are %s".formatted(name, KNOWN)
                  : "unknown kind " + name + hint));
    } else {
      skipped.add(document.skipped());
    }
  }

  /** A Secret of another group is another's. */
  private static boolean isForeign(String apiVersion, String name) {
    return apiVersion.contains("/")
        && !apiVersion.startsWith("batchapi.dev/")
        && !name.startsWith("Batch");
  }

  private static String what(JsonNode json) {
    return json.isArray() ? "a list" : "text";
  }
}
