package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.ValidationMessage;
import dev.batchapi.runtime.host.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What a schema's validator found, in the words of people. */
final class Sentences {
  private static final int FIELDS_NAMED = 6;

  private final Document document;

  /** The schema as the CRD has it, with its descriptions. */
  private final JsonNode schema;

  Sentences(Document document, JsonNode schema) {
    this.document = document;
    this.schema = schema;
  }

  Problem of(ValidationMessage found) {
    String path = path(found.getInstanceLocation());
    JsonNode value = found.getInstanceNode();
    JsonNode limit = found.getSchemaNode();
    String name = found.getProperty();
    return switch (found.getType()) {
      case "additionalProperties" ->
          problem(Document.field(path, name), unknown(found.getInstanceLocation(), name));
      case "required" ->
          problem(Document.field(path, name), missing(found.getInstanceLocation(), name));
      case "type" ->
          problem(
              path,
              "must be %s, but %s"
                  .formatted(
                      kinds(limit, schemaAt(found.getInstanceLocation())),
                      actual(path, value, limit)));
      case "enum" -> problem(path, "must be one of %s, but is %s".formatted(list(limit), value));
      case "minimum" ->
          problem(path, "must be at least %s, but is %s".formatted(number(limit), number(value)));
      case "maximum" ->
          problem(path, "must be at most %s, but is %s".formatted(number(limit), number(value)));
      case "minLength", "minItems" -> problem(path, "must not be empty");
      case "maxLength" ->
          problem(
              path,
              "may have at most %s characters, but has %s"
                  .formatted(number(limit), number(length(value))));
      case "maxItems", "maxProperties", "minProperties" ->
          problem(path, count(found.getInstanceLocation(), value, limit));
      case "pattern" -> problem(path, "must match %s, but is %s".formatted(limit.asText(), value));
      default -> problem(path, found.getError());
    };
  }

  private String count(JsonNodePath location, JsonNode value, JsonNode limit) {
    JsonNode at = schemaAt(location);
    if (at.path("minProperties").asInt() == 1 && at.path("maxProperties").asInt() == 1) {
      return "exactly one of %s must be set, but %s"
          .formatted(
              String.join(", ", names(at.get("properties"))),
              value.isEmpty() ? "none is" : String.join(" and ", names(value)) + " are");
    }
    return "may have at most %s entries, but has %s".formatted(limit, value.size());
  }

  private String unknown(JsonNodePath parent, String name) {
    List<String> known = names(schemaAt(parent).path("properties"));
    String hint = Nearest.question(name, known);
    return "unknown field" + (hint.isEmpty() ? "; known are " + String.join(", ", known) : hint);
  }

  private String missing(JsonNodePath parent, String name) {
    String about = schemaAt(parent).path("properties").path(name).path("description").asText();
    return "is missing" + (about.isEmpty() ? "" : ". " + about);
  }

  private static String kinds(JsonNode types, JsonNode schema) {
    if (types.isArray()) {
      return "a whole number or text";
    }
    return switch (types.asText()) {
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "boolean" -> "true or false";
      case "string" -> "text";
      case "array" -> "a list";
      default -> "an object" + fields(names(schema.path("properties")));
    };
  }

  /** What an object is made of, where that is short enough to be read. */
  private static String fields(List<String> names) {
    return names.isEmpty() || names.size() > FIELDS_NAMED
        ? ""
        : " with " + String.join(", ", names);
  }

  private String actual(String path, JsonNode value, JsonNode wanted) {
    boolean textWanted = wanted.isArray() || wanted.asText().equals("string");
    return switch (value.getNodeType()) {
      case BOOLEAN, NUMBER -> textWanted ? quote(path, value) : "is " + value;
      case STRING -> "is the text " + shortened(value.toString()) + unquote(value, wanted);
      case ARRAY -> "is a list";
      case OBJECT -> "is an object";
      default -> "has no value";
    };
  }

  /** Text that YAML reads as something else. */
  private String quote(String path, JsonNode value) {
    String written = document.written(path).orElse(value.asText());
    return "%s: put it in quotes, \"%s\""
        .formatted(
            written.equals(value.asText())
                ? "is " + value
                : "YAML reads %s as %s".formatted(written, value),
            written);
  }

  private static String unquote(JsonNode text, JsonNode wanted) {
    JsonNode plain = Scalars.plain(text.textValue());
    boolean wouldDo =
        switch (wanted.asText()) {
          case "integer" -> plain.isIntegralNumber();
          case "boolean" -> plain.isBoolean();
          default -> false;
        };
    return wouldDo ? ": remove the quotes" : "";
  }

  private static String number(JsonNode number) {
    return number.isIntegralNumber()
        ? String.format(Locale.ROOT, "%,d", number.bigIntegerValue())
        : number.asText();
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...\"";
  }

  private JsonNode schemaAt(JsonNodePath location) {
    JsonNode at = schema;
    for (int i = 0; i < location.getNameCount(); i++) {
      if (location.getElement(i) instanceof Integer) {
        at = at.path("items");
      } else {
        JsonNode property = at.path("properties").path(location.getName(i));
        at = property.isMissingNode() ? at.path("additionalProperties") : property;
      }
    }
    return at;
  }

  private static String path(JsonNodePath location) {
    String path = "";
    for (int i = 0; i < location.getNameCount(); i++) {
      path =
          location.getElement(i) instanceof Integer index
              ? Document.entry(path, index)
              : Document.field(path, location.getName(i));
    }
    return path;
  }

  private static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static String list(JsonNode values) {
    return StreamSupport.stream(values.spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.joining(", "));
  }

  private static JsonNode length(JsonNode text) {
    return LongNode.valueOf(text.textValue().codePoints().count());
  }

  private Problem problem(String path, String message) {
    return document.problem(path, message);
  }
}
