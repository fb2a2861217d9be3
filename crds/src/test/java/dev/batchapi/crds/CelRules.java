package dev.batchapi.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.projectnessie.cel.checker.Decls;
import org.projectnessie.cel.tools.Script;
import org.projectnessie.cel.tools.ScriptException;
import org.projectnessie.cel.tools.ScriptHost;

/** Evaluates a schema's rules on an object as an API server does, in a CEL engine. */
final class CelRules {
  private static final ScriptHost HOST = ScriptHost.newBuilder().build();
  private static final Map<String, Script> SCRIPTS = new HashMap<>();

  private final List<Problem> problems = new ArrayList<>();

  private CelRules() {}

  /** The rules that a new object breaks. */
  static List<Problem> checkNew(JsonNode schema, JsonNode object) throws ScriptException {
    return checkUpdate(schema, object, null);
  }

  /** The rules that an update breaks. */
  static List<Problem> checkUpdate(JsonNode schema, JsonNode object, @Nullable JsonNode old)
      throws ScriptException {
    var rules = new CelRules();
    rules.check("", schema, object, old);
    return rules.problems;
  }

  private void check(String path, JsonNode schema, JsonNode value, @Nullable JsonNode old)
      throws ScriptException {
    for (JsonNode rule : schema.path("x-kubernetes-validations")) {
      boolean aboutChanges = rule.get("rule").asText().contains("oldSelf");
      if (aboutChanges && old == null) {
        continue;
      }
      if (!holds(rule.get("rule").asText(), value, old)) {
        String at = path + rule.path("fieldPath").asText();
        problems.add(new Problem(at, rule.get("message").asText()));
      }
    }
    for (var property : schema.path("properties").properties()) {
      String name = property.getKey();
      if (value.has(name)) {
        String at = path.isEmpty() ? name : path + "." + name;
        check(at, property.getValue(), value.get(name), old == null ? null : old.get(name));
      }
    }
    for (int i = 0; schema.has("items") && i < value.size(); i++) {
      check(
          "%s[%d]".formatted(path, i),
          schema.get("items"),
          value.get(i),
          sameEntry(schema, value.get(i), old));
    }
  }

  /** Entries of a list that is keyed are compared by key; of others never. */
  private static @Nullable JsonNode sameEntry(
      JsonNode schema, JsonNode entry, @Nullable JsonNode old) {
    String key = schema.path("x-kubernetes-list-map-keys").path(0).asText();
    for (JsonNode candidate : old == null || key.isEmpty() ? List.<JsonNode>of() : old) {
      if (candidate.path(key).equals(entry.path(key))) {
        return candidate;
      }
    }
    return null;
  }

  private static boolean holds(String rule, JsonNode self, @Nullable JsonNode old)
      throws ScriptException {
    Script script = SCRIPTS.get(rule);
    if (script == null) {
      var builder = HOST.buildScript(rule);
      script =
          builder
              .withDeclarations(Decls.newVar("self", Decls.Dyn), Decls.newVar("oldSelf", Decls.Dyn))
              .build();
      SCRIPTS.put(rule, script);
    }
    var arguments = new HashMap<String, Object>();
    arguments.put("self", plain(self));
    if (old != null) {
      arguments.put("oldSelf", plain(old));
    }
    return script.execute(Boolean.class, arguments);
  }

  private static Object plain(JsonNode json) {
    return CrdYaml.MAPPER.convertValue(json, Object.class);
  }
}
