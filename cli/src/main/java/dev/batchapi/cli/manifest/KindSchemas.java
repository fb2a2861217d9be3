package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * JSON schemas of the kinds, made from the CRDs, for editors and other checkers of YAML. What is a
 * rule of more than one field is not in them: {@code batchapi validate} knows those.
 */
public final class KindSchemas {
  private static final String DRAFT = "http://json-schema.org/draft-07/schema#";
  private static final JsonMapper JSON = new JsonMapper();

  private KindSchemas() {}

  /** The kinds that have one. */
  public static List<String> kinds() {
    return own().map(kind -> kind.kind).toList();
  }

  /** Of one kind. */
  public static String of(String kind) {
    var schema = own().filter(k -> k.kind.equals(kind)).map(KindSchemas::schema).findFirst();
    return text(schema.orElseThrow().put("$schema", DRAFT));
  }

  /** Of any document of a file: what a document must be depends on its kind. */
  public static String ofFile() {
    var root = JSON.createObjectNode().put("$schema", DRAFT).put("type", "object");
    root.putArray("required").add("apiVersion").add("kind").add("metadata");
    var kinds = root.putArray("allOf");
    own()
        .forEach(
            kind -> {
              var one = kinds.addObject();
              one.putObject("if").putObject("properties").putObject("kind").put("const", kind.kind);
              one.set("then", schema(kind));
            });
    return text(root);
  }

  private static Stream<Kind> own() {
    return Arrays.stream(Kind.values()).filter(kind -> !kind.isBuiltIn());
  }

  private static ObjectNode schema(Kind kind) {
    var schema = KindSchema.of(kind).jsonSchema();
    var properties = schema.withObject("/properties");
    properties.withObject("/apiVersion").put("const", kind.apiVersion);
    properties.withObject("/kind").put("const", kind.kind);
    // Written by the operator alone.
    properties.remove("status");
    return schema;
  }

  private static String text(ObjectNode schema) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
