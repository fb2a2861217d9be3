package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.BatchRules;
import dev.batchapi.crds.NamedSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rules of a document that its schema refuses: they are asked of what is left without the
 * fields at fault, so that a person learns of all mistakes together.
 */
final class RemainingRules {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Kind kind;
  private final Document document;
  private final Set<String> told;

  /**
   * @param found what the schema says
   */
  RemainingRules(Kind kind, Document document, List<Problem> found) {
    this.kind = kind;
    this.document = document;
    this.told = found.stream().map(Problem::path).collect(Collectors.toSet());
  }

  List<Problem> check(String namespace, String name) {
    if (!document.json().path("spec").isObject()) {
      return List.of();
    }
    var spec = document.json().path("spec").deepCopy();
    told.forEach(path -> remove(spec, path));
    return rules(spec, namespace, name).stream()
        .filter(problem -> told.stream().noneMatch(path -> isAbout(problem.path(), path)))
        .map(problem -> document.problem(problem.path(), problem.message()))
        .toList();
  }

  private List<dev.batchapi.crds.Problem> rules(JsonNode spec, String namespace, String name) {
    try {
      return switch (kind) {
        case BATCH_API ->
            BatchRules.checkApi(
                new NamedSpec<>(namespace, name, MAPPER.convertValue(spec, BatchApiSpec.class)));
        case BATCH_JOB ->
            BatchRules.checkJob(
                new NamedSpec<>(namespace, name, MAPPER.convertValue(spec, BatchJobSpec.class)));
        case CONFIG_MAP, SECRET -> List.of();
      };
    } catch (IllegalArgumentException e) {
      return List.of(); // what is left is of no use: the schema's words have to do
    }
  }

  /** Of a field at fault its neighbours may say the same again. */
  private static boolean isAbout(String path, String told) {
    return told.equals(path) || told.startsWith(path + ".") || told.startsWith(path + "[");
  }

  /**
   * Takes the field away; of an entry of a list the whole list, for others' places depend on it.
   */
  private static void remove(JsonNode spec, String path) {
    var at = spec;
    var names = path.replaceFirst("^spec[.]?", "").split("[.]", -1);
    for (var i = 0; i < names.length; i++) {
      var name = names[i].replaceAll("\\[.*", "");
      var index = names[i].replaceAll("^[^\\[]*\\[?([0-9]*).*", "$1");
      if (!(at instanceof ObjectNode object)) {
        return;
      }
      if (i == names.length - 1) {
        object.remove(name);
        return;
      }
      at = index.isEmpty() ? object.path(name) : object.path(name).path(Integer.parseInt(index));
    }
  }
}
