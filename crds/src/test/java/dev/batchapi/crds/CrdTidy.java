package dev.batchapi.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Says what the generator has no annotation for, and puts in order what it has no order for. */
final class CrdTidy {
  private static final Map<String, String> DESCRIPTIONS =
      Map.of(
          "BatchAPI",
          "A handler for batches, deployed and ready to be given work by a BatchJob.",
          "BatchJob",
          "One run of a BatchAPI over one input. Creating it submits the job, deleting it cancels the"
              + " job and cleans up.");

  /** Columns by what a person asks first. */
  private static final List<String> COLUMNS =
      List.of(
          "Ready",
          "API",
          "Phase",
          "Progress",
          "Reason",
          "Total",
          "Succeeded",
          "Failed",
          "Remaining",
          "Workers",
          "Image",
          "Completed",
          "Age");

  private static final Map<String, String> LIST_KEYS =
      Map.of("conditions", "type", "env", "name", "jobs", "name");

  private static final Map<String, Integer> MAX_PROPERTIES =
      Map.of("requests", 16, "limits", 16, "tags", 8, "config", 256, "metadata", 2, "spec", 64);

  private static final Set<String> TIMES =
      Set.of("lastTransitionTime", "submittedTime", "acceptedTime", "startTime", "completionTime");

  private CrdTidy() {}

  static ObjectNode tidy(ObjectNode crd) {
    JsonNode spec = crd.get("spec");
    for (JsonNode version : spec.get("versions")) {
      sortColumns((ArrayNode) version.get("additionalPrinterColumns"));
      var root = (ObjectNode) version.at("/schema/openAPIV3Schema");
      root.put("description", DESCRIPTIONS.get(spec.at("/names/kind").asText()));
      tidy("", root);
    }
    return crd;
  }

  private static void sortColumns(ArrayNode columns) {
    var sorted =
        StreamSupport.stream(columns.spliterator(), false)
            .sorted(Comparator.comparingInt(c -> COLUMNS.indexOf(c.get("name").asText())))
            .toList();
    columns.removeAll().addAll(sorted);
  }

  private static void tidy(String name, ObjectNode schema) {
    wholeNumbers(schema);
    eachRuleOnce(schema);
    boolean free = schema.has("x-kubernetes-preserve-unknown-fields");
    if (MAX_PROPERTIES.containsKey(name) && (free || schema.has("additionalProperties"))) {
      schema.put("maxProperties", MAX_PROPERTIES.get(name));
    }
    switch (name) {
      case "input" -> oneProperty(schema);
      case "maxFailedBatches", "maxFailedItems" -> intOrString(schema);
      case "requests", "limits" -> intOrString((ObjectNode) schema.get("additionalProperties"));
      default -> {}
    }
    if (TIMES.contains(name)) {
      schema.put("format", "date-time");
    }
    if (schema.get("items") instanceof ObjectNode items) {
      listType(name, schema);
      tidy("", items);
      if (items.has("x-kubernetes-preserve-unknown-fields")) {
        items.put(
            "nullable", true); // else an API server refuses every update of a list with a null
      }
    }
    if (schema.get("properties") instanceof ObjectNode properties) {
      properties.properties().forEach(p -> tidy(p.getKey(), (ObjectNode) p.getValue()));
    }
  }

  /** A spec's input is one of several; a status has one of the same name, which is not. */
  private static void oneProperty(ObjectNode input) {
    if (!input.has("required")) {
      input.put("minProperties", 1).put("maxProperties", 1);
    }
  }

  private static void wholeNumbers(ObjectNode schema) {
    for (String bound : List.of("minimum", "maximum")) {
      if (schema.get(bound) instanceof DoubleNode number
          && number.doubleValue() == number.longValue()) {
        schema.set(bound, LongNode.valueOf(number.longValue()));
      }
    }
  }

  /** The generator finds a rule of a record's component twice: on its field and on its accessor. */
  private static void eachRuleOnce(ObjectNode schema) {
    if (schema.get("x-kubernetes-validations") instanceof ArrayNode rules) {
      var distinct = new LinkedHashSet<JsonNode>();
      rules.forEach(distinct::add);
      rules.removeAll().addAll(distinct);
    }
  }

  private static void intOrString(ObjectNode schema) {
    schema.remove(List.of("type", "properties", "x-kubernetes-preserve-unknown-fields"));
    schema.putArray("anyOf").add(type("integer")).add(type("string"));
    schema.put("x-kubernetes-int-or-string", true).put("maxLength", 32);
  }

  private static ObjectNode type(String type) {
    return CrdYaml.MAPPER.createObjectNode().put("type", type);
  }

  private static void listType(String name, ObjectNode schema) {
    String key = LIST_KEYS.get(name);
    schema.put("x-kubernetes-list-type", key == null ? "atomic" : "map");
    if (key != null) {
      schema.putArray("x-kubernetes-list-map-keys").add(key);
    }
  }
}
