package dev.batchapi.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file of the examples: its documents, with defaults as an API server fills them in, and the
 * messages that its comments expect, as {@code # expect: path: message}.
 */
record Manifest(String name, List<ObjectNode> documents, List<String> expected) {
  private static final Path FOLDER = Path.of("src/test/resources/manifests");
  private static final String EXPECT = "# expect: ";

  static Stream<Manifest> all(String folder) throws IOException {
    try (var files = Files.list(FOLDER.resolve(folder))) {
      return files.sorted().map(Manifest::read).toList().stream();
    }
  }

  private static Manifest read(Path file) {
    try (var documents =
        CrdYaml.MAPPER.readerFor(ObjectNode.class).<ObjectNode>readValues(file.toFile())) {
      var expected =
          Files.readAllLines(file).stream()
              .filter(line -> line.startsWith(EXPECT))
              .map(line -> line.substring(EXPECT.length()))
              .toList();
      var all = documents.readAll();
      all.forEach(document -> fillDefaults(schema(document), document));
      return new Manifest(file.getFileName().toString(), all, expected);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schema that is checked in for a document's kind. */
  static JsonNode schema(JsonNode document) {
    String plural = document.get("kind").asText().equals("BatchAPI") ? "batchapis" : "batchjobs";
    String resource = "/dev/batchapi/crds/" + plural + ".batchapi.dev.yaml";
    try (var yaml = Manifest.class.getResourceAsStream(resource)) {
      return CrdYaml.MAPPER.readTree(yaml).at("/spec/versions/0/schema/openAPIV3Schema");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fillDefaults(JsonNode schema, JsonNode value) {
    for (var property : schema.path("properties").properties()) {
      if (value instanceof ObjectNode object
          && !object.has(property.getKey())
          && property.getValue().has("default")) {
        object.set(property.getKey(), property.getValue().get("default").deepCopy());
      }
      fillDefaults(property.getValue(), value.path(property.getKey()));
    }
    if (schema.has("items") && value.isArray()) {
      value.forEach(item -> fillDefaults(schema.get("items"), item));
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
