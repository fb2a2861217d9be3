package dev.batchapi.operator.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The queries of deploy/grafana/batchapi.json, as Grafana would send them.
 *
 * @param queries by panel and letter, or by variable
 */
record Dashboard(Map<String, String> queries) {
  private static final Path FILE = Path.of("..", "deploy", "grafana", "batchapi.json");
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), (\\w+)\\)");

  /**
   * Reads it.
   *
   * @param variables what is chosen at its top
   */
  static Dashboard read(Map<String, String> variables) throws IOException {
    var json = new ObjectMapper().readTree(FILE.toFile());
    Map<String, String> queries = new LinkedHashMap<>();
    for (var variable : json.at("/templating/list")) {
      if (variable.path("type").asText().equals("query")) {
        queries.put(
            "variable " + variable.path("name").asText(),
            inPlaceOf(variables, valuesOf(variable.path("definition").asText())));
      }
    }
    for (var panel : json.path("panels")) {
      for (var target : panel.path("targets")) {
        queries.put(
            name(panel) + " " + target.path("refId").asText(),
            inPlaceOf(variables, target.path("expr").asText()));
      }
    }
    return new Dashboard(queries);
  }

  private static String name(JsonNode panel) {
    return "%d %s".formatted(panel.path("id").asInt(), panel.path("title").asText());
  }

  /** Grafana asks for series and takes their labels; a query finds the same. */
  private static String valuesOf(String definition) {
    var labels = LABEL_VALUES.matcher(definition);
    if (!labels.matches()) {
      throw new IllegalArgumentException(definition);
    }
    return "group by (%s) (%s)".formatted(labels.group(2), labels.group(1));
  }

  private static String inPlaceOf(Map<String, String> variables, String query) {
    var result = query;
    for (var variable : variables.entrySet()) {
      result =
          result
              .replace("${" + variable.getKey() + "}", variable.getValue())
              .replaceAll("\\$" + variable.getKey() + "\\b", variable.getValue());
    }
    if (result.contains("$")) {
      throw new IllegalArgumentException("a variable that nobody has set is in " + result);
    }
    return result;
  }
}
