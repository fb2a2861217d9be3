package dev.batchapi.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.StreamSupport;

/** What docs/reference.md says of one kind: a table of its spec and one of its status. */
final class ReferencePage {
  private final StringBuilder page = new StringBuilder();

  private ReferencePage() {}

  /** The part of one definition. */
  static String of(JsonNode crd) {
    return new ReferencePage().write(crd);
  }

  private String write(JsonNode crd) {
    JsonNode names = crd.at("/spec/names");
    JsonNode version = crd.at("/spec/versions/0");
    JsonNode root = version.at("/schema/openAPIV3Schema");
    line("## %s".formatted(names.get("kind").asText()));
    line("");
    line(root.get("description").asText());
    line("");
    line(
        "`apiVersion: %s/%s`; with kubectl: `%s`, `%s`, short `%s`, in the category `%s`."
            .formatted(
                crd.at("/spec/group").asText(),
                version.get("name").asText(),
                names.get("singular").asText(),
                names.get("plural").asText(),
                names.at("/shortNames/0").asText(),
                names.at("/categories/0").asText()));
    JsonNode scale = version.at("/subresources/scale");
    if (!scale.isMissingNode()) {
      line(
          "`kubectl scale` sets `%s`."
              .formatted(scale.get("specReplicasPath").asText().substring(1)));
    }
    line("");
    line(columns(version.get("additionalPrinterColumns")));
    String rules = String.join("; ", rules(root));
    if (!rules.isEmpty()) {
      line("");
      line("The whole object: %s.".formatted(rules));
    }
    for (String part : List.of("spec", "status")) {
      table(part, root.at("/properties/" + part));
    }
    return page.toString();
  }

  private static String columns(JsonNode columns) {
    var always = new ArrayList<String>();
    var wide = new ArrayList<String>();
    for (JsonNode column : columns) {
      (column.path("priority").asInt() == 0 ? always : wide).add(column.get("name").asText());
    }
    return "`kubectl get` shows %s; with `-o wide` also %s."
        .formatted(String.join(", ", always), String.join(", ", wide));
  }

  private void table(String part, JsonNode schema) {
    line("");
    line("### %s".formatted(part));
    line("");
    line(schema.get("description").asText());
    String rules = String.join("; ", rules(schema));
    if (!rules.isEmpty()) {
      line("Its rules: %s.".formatted(rules));
    }
    line("");
    line("| field | type | default | bounds and rules | |");
    line("|---|---|---|---|---|");
    rows(part + ".", schema);
  }

  private void rows(String prefix, JsonNode schema) {
    Set<String> required = required(schema);
    for (var property : schema.path("properties").properties()) {
      String path = prefix + property.getKey();
      JsonNode field = property.getValue();
      String preset = field.has("default") ? "`" + field.get("default") + "`" : "";
      line(
          "| `%s` | %s | %s | %s | %s |"
              .formatted(
                  path,
                  type(field),
                  required.contains(property.getKey()) ? "required" : cell(preset),
                  cell(String.join("; ", bounds(field))),
                  cell(field.path("description").asText())));
      rows(path + ".", field);
      rows(path + "[].", field.path("items"));
    }
  }

  private static Set<String> required(JsonNode schema) {
    var names = new HashSet<String>();
    schema.path("required").forEach(name -> names.add(name.asText()));
    return names;
  }

  private static String type(JsonNode field) {
    if (field.path("x-kubernetes-int-or-string").asBoolean()) {
      return "integer or string";
    }
    String type = field.path("type").asText();
    return switch (type) {
      case "array" -> "list of " + type(field.get("items"));
      case "string" -> field.path("format").asText().equals("date-time") ? "time" : "string";
      case "object" ->
          field.has("additionalProperties")
              ? "map of " + type(field.get("additionalProperties"))
              : field.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                  ? "any object"
                  : "object";
      case "" -> "any value";
      default -> type;
    };
  }

  private static List<String> bounds(JsonNode field) {
    var bounds = new ArrayList<String>();
    addRange(bounds, field, "minimum", "maximum", "");
    addRange(bounds, field, "minItems", "maxItems", " items");
    if (!field.has("enum") && !type(field).equals("time")) {
      addRange(bounds, field, "minLength", "maxLength", " characters");
    }
    if (!field.has("properties")) {
      addRange(bounds, field, "minProperties", "maxProperties", " keys");
    } else if (field.path("maxProperties").asInt() == 1) {
      bounds.add("exactly one of its fields");
    }
    if (field.has("enum")) {
      bounds.add(
          "one of "
              + String.join(
                  ", ",
                  StreamSupport.stream(field.get("enum").spliterator(), false)
                      .map(value -> "`" + value.asText() + "`")
                      .toList()));
    }
    bounds.addAll(rules(field));
    field.path("items").path("x-kubernetes-validations").forEach(rule -> bounds.add(text(rule)));
    return bounds;
  }

  private static void addRange(
      List<String> bounds, JsonNode field, String least, String most, String unit) {
    if (field.has(least) && field.has(most)) {
      bounds.add(number(field.get(least)) + " to " + number(field.get(most)) + unit);
    } else if (field.has(most)) {
      bounds.add("at most " + number(field.get(most)) + unit);
    } else if (field.has(least)) {
      bounds.add("at least " + number(field.get(least)) + unit);
    }
  }

  private static String number(JsonNode number) {
    return number.isIntegralNumber()
        ? String.format(Locale.ROOT, "%,d", number.asLong())
        : number.asText();
  }

  private static List<String> rules(JsonNode schema) {
    return StreamSupport.stream(schema.path("x-kubernetes-validations").spliterator(), false)
        .map(ReferencePage::text)
        .toList();
  }

  private static String text(JsonNode rule) {
    return rule.get("message").asText();
  }

  /** A bar would end the cell. */
  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private void line(String text) {
    // Markdown takes <api> for HTML and shows nothing of it.
    page.append(text.stripTrailing().replace("<", "&lt;")).append('\n');
  }
}
