package dev.batchapi.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.projectnessie.cel.tools.ScriptException;

/** An API server (CEL) and our own checks say the same of the same files. */
class BatchRulesTest {

  static Stream<Manifest> valid() throws IOException {
    return Manifest.all("valid");
  }

  static Stream<Manifest> invalid() throws IOException {
    return Manifest.all("invalid");
  }

  static Stream<Manifest> updates() throws IOException {
    return Manifest.all("updates");
  }

  @ParameterizedTest
  @MethodSource({"valid", "invalid"})
  void ourChecksSayWhatTheFileExpects(Manifest manifest) throws IOException {
    var said = new ArrayList<String>();
    for (JsonNode document : manifest.documents()) {
      check(document).forEach(problem -> said.add(problem.toString()));
    }

    assertThat(said).containsExactlyInAnyOrderElementsOf(manifest.expected());
  }

  @ParameterizedTest
  @MethodSource({"valid", "invalid"})
  void celSaysTheSame(Manifest manifest) throws ScriptException {
    var said = new ArrayList<String>();
    for (JsonNode document : manifest.documents()) {
      said.addAll(wordsOf(CelRules.checkNew(Manifest.schema(document), document)));
    }

    assertThat(said)
        .containsExactlyInAnyOrderElementsOf(
            manifest.expected().stream().map(BatchRulesTest::asTheRootSaysIt).toList());
  }

  @ParameterizedTest
  @MethodSource("updates")
  void celAllowsTheRightChanges(Manifest manifest) throws ScriptException {
    JsonNode old = manifest.documents().getFirst();
    JsonNode changed = manifest.documents().getLast();

    var problems = CelRules.checkUpdate(Manifest.schema(changed), changed, old);

    assertThat(wordsOf(problems)).containsExactlyInAnyOrderElementsOf(manifest.expected());
  }

  private static List<Problem> check(JsonNode document) throws JsonProcessingException {
    String name = document.at("/metadata/name").asText();
    JsonNode spec = document.get("spec");
    return document.get("kind").asText().equals("BatchAPI")
        ? BatchRules.checkApi(
            new NamedSpec<>("default", name, CrdYaml.MAPPER.treeToValue(spec, BatchApiSpec.class)))
        : BatchRules.checkJob(
            new NamedSpec<>("default", name, CrdYaml.MAPPER.treeToValue(spec, BatchJobSpec.class)));
  }

  private static List<String> wordsOf(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }

  /** Rules about names are rules of the whole object: only there CEL sees metadata.name. */
  private static String asTheRootSaysIt(String expected) {
    return expected.replaceFirst("^(metadata|spec.jobs\\[\\d+])\\.name: the name", ": the name");
  }
}
