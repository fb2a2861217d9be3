package dev.batchapi.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.Retry;
import dev.batchapi.crds.run.Freeze;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestsTest {
  private static final Path DIGITS =
      Path.of("src/test/resources/dev/batchapi/cli/manifest/valid/digits.yaml");

  static Stream<Path> filesThatAnApiServerTakes() throws IOException {
    try (var files = Files.list(Path.of("../crds/src/test/resources/manifests/valid"))) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("filesThatAnApiServerTakes")
  void whatAnApiServerTakesIsTaken(Path file) {
    assertThatCode(() -> Manifests.load(List.of(file))).doesNotThrowAnyException();
  }

  /** Who writes a file saves it half-written, too. */
  @ParameterizedTest
  @MethodSource("filesThatAnApiServerTakes")
  void aFileThatEndsAnywhereIsAnsweredInWords(Path file, @TempDir Path folder) throws IOException {
    var lines = Files.readAllLines(file);
    for (int kept = 1; kept < lines.size(); kept++) {
      var part = Files.write(folder.resolve("part.yaml"), lines.subList(0, kept));
      try {
        Manifests.load(List.of(part));
      } catch (ManifestException e) {
        assertThat(e.problems()).isNotEmpty();
      }
    }
  }

  @Test
  void objectsComeInTheOrderOfTheFileWithTheirLines() throws Exception {
    Manifests digits = Manifests.load(List.of(DIGITS));

    assertThat(digits.apis())
        .singleElement()
        .satisfies(
            api -> {
              assertThat(api.value().namespace()).isEqualTo("vision");
              assertThat(api.value().name()).isEqualTo("digits");
              assertThat(api.file()).isEqualTo(DIGITS);
              assertThat(api.line()).isEqualTo(2);
            });
    assertThat(digits.jobs())
        .extracting(job -> job.value().name(), Located::line)
        .containsExactly(tuple("digits-smoke", 12), tuple("digits-1", 18));
  }

  @Test
  void anEntryOfJobsIsAJobOfItsBatchApi() throws Exception {
    Manifests digits = Manifests.load(List.of(DIGITS));
    NamedSpec<BatchJobSpec> smoke = digits.jobs().getFirst().value();

    assertThat(smoke.namespace()).isEqualTo("vision");
    assertThat(smoke.spec().apiName()).isEqualTo("digits");
    assertThat(smoke.spec().input().count()).isEqualTo(16);
    assertThat(digits.apiOf(smoke).value().name()).isEqualTo("digits");
  }

  @Test
  void defaultsAreFilledInAsAnApiServerDoes() throws Exception {
    Manifests digits = Manifests.load(List.of(DIGITS));
    var api = digits.apis().getFirst().value().spec();
    var job = digits.jobs().getLast().value().spec();

    assertThat(api.batchSize()).isEqualTo(1);
    assertThat(api.retry()).isEqualTo(new Retry(5, 1, 60));
    assertThat(api.image()).as("a field without a value").isNull();
    assertThat(api.timeouts()).isNull();
    assertThat(job.workers()).isEqualTo(1);
    assertThat(job.cancel()).isFalse();
  }

  @Test
  void valuesAreReadAsKubectlReadsThem() throws Exception {
    var job = Manifests.load(List.of(DIGITS)).jobs().getLast().value().spec();

    assertThat(new ObjectMapper().valueToTree(job.input().items()).toString())
        .isEqualTo("[true,15,1000,\"5\",null,\"2026-01-31\",\"12:30\",\"7\"]");
  }

  @Test
  void aliasesAndMergesOfYamlAreFilledIn() throws Exception {
    Manifests digits = Manifests.load(List.of(DIGITS));
    var smoke = digits.jobs().getFirst().value();

    RunSpec run = Freeze.freeze(digits.apiOf(smoke).value(), smoke, "uid-1", 16, Instant.EPOCH);

    assertThat(run.config().toString())
        .isEqualTo("{\"threshold\":0.75,\"on_error\":\"no\",\"yes\":\"quoted is fine\"}");
  }

  @Test
  void configMapsAreFoundByNameAndNamespace() throws Exception {
    Manifests digits = Manifests.load(List.of(DIGITS));

    assertThat(digits.configMap("vision", "digits-code").map(ConfigMap::data))
        .contains(Map.of("handler.py", "class Handler: pass\n"));
    assertThat(digits.configMap("default", "digits-code")).isEmpty();
  }
}
