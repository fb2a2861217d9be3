package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks documents against the schema of their kind, and fills in its defaults. */
final class DocumentCheck {
  private final Map<Kind, KindSchema> schemas = new EnumMap<>(Kind.class);

  /** What is wrong; empty if the document is as its schema says. */
  List<Problem> check(Kind kind, Document document) {
    KindSchema schema = schemas.computeIfAbsent(kind, KindSchema::of);
    schema.fillDefaults(document.json());
    var problems = new ArrayList<Problem>();
    var sentences = new Sentences(document, schema.root());
    schema.validate(document.json()).forEach(found -> problems.add(sentences.of(found)));
    keysTwice("", schema.root(), document.json(), document, problems);
    JsonNode metadata = document.json().path("metadata");
    if (!metadata.has("name") && !metadata.has("generateName")) {
      problems.add(document.problem("metadata.name", "is missing"));
    }
    return problems;
  }

  /** Entries of a list that is keyed must have different keys. */
  private static void keysTwice(
      String path, JsonNode schema, JsonNode value, Document document, List<Problem> problems) {
    for (var property : schema.path("properties").properties()) {
      String at = Document.field(path, property.getKey());
      keysTwice(at, property.getValue(), value.path(property.getKey()), document, problems);
    }
    String key = schema.path("x-kubernetes-list-map-keys").path(0).asText();
    if (key.isEmpty() || !value.isArray()) {
      return;
    }
    var lines = new HashMap<JsonNode, Integer>();
    for (int i = 0; i < value.size(); i++) {
      String at = Document.field(Document.entry(path, i), key);
      Integer first = lines.putIfAbsent(value.get(i).path(key), document.line(at));
      if (first != null && value.get(i).has(key)) {
        problems.add(
            document.problem(
                at,
                "%s stands in this list twice, first in line %d"
                    .formatted(value.get(i).get(key), first)));
      }
    }
  }
}
