package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;

/**
 * The schema of a kind, used as an API server does: first defaults, then validation. What an API
 * server knows beyond a CRD (metadata, ConfigMap) is added from this package's resources.
 */
final class KindSchema {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String CRDS = "/dev/batchapi/crds/";

  private final ObjectNode root;
  private final JsonSchema validator;

  private KindSchema(ObjectNode root) {
    this.root = root;
    this.validator =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
            .getSchema(strict(root.deepCopy()));
  }

  static KindSchema of(Kind kind) {
    ObjectNode root =
        kind.isBuiltIn()
            ? (ObjectNode) resource(kind.schema)
            : (ObjectNode)
                resource(CRDS + kind.schema).at("/spec/versions/0/schema/openAPIV3Schema");
    root.withObject("/properties").setAll((ObjectNode) resource("object.yaml").get("properties"));
    return new KindSchema(root);
  }

  /** The schema itself, with the CRD's own extensions. */
  JsonNode root() {
    return root;
  }

  /** The same as a JSON schema that knows no fields but its own. */
  ObjectNode jsonSchema() {
    return strict(root.deepCopy());
  }

  /** Fills in defaults; a field without a value is one that is not there. */
  void fillDefaults(JsonNode object) {
    fillDefaults(root, object);
  }

  Set<ValidationMessage> validate(JsonNode object) {
    return validator.validate(object);
  }

  private static void fillDefaults(JsonNode schema, JsonNode value) {
    if (value instanceof ObjectNode object) {
      for (var property : schema.path("properties").properties()) {
        JsonNode inner = property.getValue();
        if (object.path(property.getKey()).isNull() && !inner.path("nullable").asBoolean()) {
          object.remove(property.getKey());
        }
        if (!object.has(property.getKey()) && inner.has("default")) {
          object.set(property.getKey(), inner.get("default").deepCopy());
        }
        fillDefaults(inner, object.path(property.getKey()));
      }
    }
    if (value.isArray()) {
      value.forEach(entry -> fillDefaults(schema.path("items"), entry));
    }
  }

  /** Makes of an OpenAPI schema one of JSON Schema that knows no fields but its own. */
  private static ObjectNode strict(ObjectNode schema) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      schema.remove("anyOf");
      schema.putArray("type").add("integer").add("string");
    }
    boolean free = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
    if (schema.has("properties") && !free) {
      schema.put("additionalProperties", false);
    }
    schema.remove("nullable");
    schema.properties().removeIf(keyword -> keyword.getKey().startsWith("x-kubernetes-"));
    for (JsonNode property : schema.path("properties")) {
      strict((ObjectNode) property);
    }
    for (String inner : new String[] {"items", "additionalProperties"}) {
      if (schema.get(inner) instanceof ObjectNode nested) {
        strict(nested);
      }
    }
    return schema;
  }

  private static JsonNode resource(String name) {
    try (var yaml = KindSchema.class.getResourceAsStream(name)) {
      return YAML.readTree(Objects.requireNonNull(yaml, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
