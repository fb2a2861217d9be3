package dev.batchapi.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFilesTest {
  private static final String API =
      """
      apiVersion: batchapi.dev/v1alpha1
      kind: BatchAPI
      metadata: {name: %s}
      spec: {handler: {python: {inline: pass}}}
      """;

  @TempDir Path folder;

  @Test
  void aFolderStandsForItsYamlFilesByName() throws Exception {
    write("b.yml", API.formatted("b"));
    write("a.yaml", API.formatted("a"));
    write("handler.py", "no: yaml: at all");
    Files.createDirectory(folder.resolve("nested.yaml"));

    var apis = Manifests.load(List.of(folder)).apis();

    assertThat(apis).extracting(api -> api.value().name()).containsExactly("a", "b");
    assertThat(apis.getFirst().file()).isEqualTo(folder.resolve("a.yaml"));
  }

  @Test
  void aFileNamedTwiceIsReadOnce() throws Exception {
    Path file = write("a.yaml", API.formatted("a"));

    assertThat(Manifests.load(List.of(file, folder, folder.resolve("./a.yaml"))).apis()).hasSize(1);
  }

  @Test
  void whatIsForAClusterIsSkippedAndSecretsAreRead() throws Exception {
    Path file =
        write(
            "k8s.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: creds}
            type: Opaque
            data: {user: YWRtaW4=}
            stringData: {password: hunter2}
            ---
            apiVersion: external-secrets.io/v1
            kind: Secret
            metadata: {name: other}
            """);
    write("kustomization.yaml", "namePrefix: dev-\n");
    write("a.yaml", API.formatted("a"));

    var manifests = Manifests.load(List.of(folder));

    assertThat(manifests.apis()).hasSize(1);
    assertThat(manifests.secret("default", "creds"))
        .contains(Map.of("user", "admin", "password", "hunter2"));
    assertThat(manifests.secrets()).hasToString("[Secret[default/creds]]");
    assertThat(manifests.skipped().stream().map(Problem::toString))
        .containsExactly(
            file + ":1: Deployment \"web\" is skipped: it is for a cluster",
            file + ":12: Secret \"other\" is skipped: it is for a cluster",
            folder.resolve("kustomization.yaml")
                + ": is skipped: its files are read as they are. What it makes of them runs with:"
                + " kubectl kustomize FOLDER | batchapi run -");
  }

  @Test
  void itemsOfAListAreReadAndTheirMistakesHaveTheirLines() throws Exception {
    Path file =
        write(
            "list.yaml",
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: batchapi.dev/v1alpha1
              kind: BatchAPI
              metadata: {name: a}
              spec:
                handler: {python: {inline: pass}}
                batchSize: 0
            """);

    assertThat(problems(file))
        .containsExactly(file + ":9 spec.batchSize: must be at least 1, but is 0");
  }

  @Test
  void aJobFindsItsApiInAnotherFile() throws Exception {
    Path job =
        write(
            "1-job.yaml",
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: j}
            spec: {apiName: a, input: {count: 1}}
            """);
    Path api = write("2-api.yaml", API.formatted("a"));

    var manifests = Manifests.load(List.of(job, api));

    assertThat(manifests.apiOf(manifests.jobs().getFirst().value()).file()).isEqualTo(api);
  }

  @Test
  void aMissingFileIsNamedWithTheNearestOne() throws IOException {
    write("digits.yaml", API.formatted("a"));

    assertThat(problems(folder.resolve("digit.yaml")))
        .containsExactly(
            folder.resolve("digit.yaml") + ": there is no such file; did you mean digits.yaml?");
    assertThat(problems(folder.resolve("other.yaml")))
        .containsExactly(folder.resolve("other.yaml") + ": there is no such file");
    assertThat(problems(folder.resolve("none/other.yaml")))
        .containsExactly(
            folder.resolve("none/other.yaml") + ": there is no such file, nor its folder");
  }

  @Test
  void aFolderWithoutYamlIsSaid() throws IOException {
    write("handler.py", "pass");

    assertThat(problems(folder)).containsExactly(folder + ": the folder has no .yaml or .yml file");
  }

  @Test
  void problemsOfAllFilesComeFileByFileAndLineByLine() throws IOException {
    Path job =
        write(
            "job.yaml",
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: a.b}
            spec:
              apiName: b
              input: {count: 1}
            """);
    Path api = write("api.yaml", API.formatted("A"));
    Path missing = folder.resolve("none.yaml");

    assertThat(problems(api, missing, job))
        .satisfiesExactly(
            first -> assertThat(first).startsWith(missing + ": there is no such file"),
            second -> assertThat(second).startsWith(api + ":3 metadata.name: "),
            third -> assertThat(third).startsWith(job + ":3 metadata.name: "),
            fourth -> assertThat(fourth).startsWith(job + ":5 spec.apiName: no BatchAPI"));
  }

  @Test
  void aBatchApiWithAProblemIsStillThereForItsJobs() throws IOException {
    Path api =
        write(
            "api.yaml",
            """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: a}
        spec: {handler: {python: {inline: pass}}, batchSize: 0}
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: j}
        spec: {apiName: a, input: {count: 1}}
        """);

    assertThat(problems(api))
        .containsExactly(api + ":4 spec.batchSize: must be at least 1, but is 0");
  }

  @Test
  void dataByMistakeIsNotRead() throws IOException {
    Path items = write("items.yaml", "[1]\n".repeat(1_200_000));

    assertThat(problems(items))
        .containsExactly(
            items
                + ": cannot be read: it has 4,800,000 bytes, and a file of resources may have"
                + " 4,194,304; items go into --input");
  }

  @Test
  void whatIsNoTextIsSaid() throws IOException {
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, new byte[] {'a', ':', ' ', (byte) 0xe9, '\n'});
    Path binary = folder.resolve("binary.yaml");
    Files.write(binary, new byte[] {'a', ':', ' ', 0, 1, '\n'});

    assertThat(problems(latin))
        .containsExactly(latin + ": is no text in UTF-8: is it the right file?");
    assertThat(problems(binary))
        .containsExactly(
            binary
                + ": is no YAML: character 4 of it is U+0000, which is no text; is it the right"
                + " file?");
  }

  @Test
  void aliasesThatMakeASmallFileLargeAreStopped() throws IOException {
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i <= 9; i++) {
      String before = "*a" + (i - 1);
      bomb.append(
          "a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(10, before))));
    }
    Path file = write("bomb.yaml", bomb.toString());

    assertThat(problems(file))
        .first()
        .asString()
        .contains("too large when its aliases are filled in");
  }

  /** A million nodes of twenty lines are too many for the memory of a small machine. */
  @Test
  void soAreFewAliasesOfEachOther() throws IOException {
    var lists = new StringBuilder();
    for (var i = 0; i < 20; i++) {
      var before = IntStream.range(0, i).mapToObj(of -> "*a" + of).toList();
      lists.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", before)));
    }
    var file = write("lists.yaml", lists.toString());

    assertThat(problems(file))
        .first()
        .asString()
        .contains("too large when its aliases are filled in");
  }

  /** What one document may fill in, a hundred of one file may not. */
  @Test
  void soAreFewOfEachOfManyDocuments() throws IOException {
    var nodes = String.join(", ", Collections.nCopies(1000, "x"));
    var aliases = String.join(", ", Collections.nCopies(60, "*a"));
    var document = "a: &a [%s]\nb: [%s]\n---\n".formatted(nodes, aliases);
    var file = write("documents.yaml", document.repeat(100));

    assertThat(problems(file).stream().filter(problem -> problem.toString().contains("too large")))
        .hasSizeGreaterThan(90);
  }

  @Test
  void norMayTheyContainThemselves() throws IOException {
    var lists = new StringBuilder("x0: &x0 [%s1]\n".formatted("1, ".repeat(99)));
    for (var i = 1; i < 3; i++) {
      lists.append("x%d: &x%d [%s1]\n".formatted(i, i, "*x%d, ".formatted(i - 1).repeat(50)));
    }
    lists.append("s: &s [*s, *x2]\n");
    var file = write("itself.yaml", lists.toString());

    assertThat(problems(file)).anyMatch(problem -> problem.contains("too large when its aliases"));
  }

  @Test
  void aLargeFileWithoutAliasesIsNotTooLarge() throws IOException {
    var file = write("large.yaml", "- [" + "1, ".repeat(150_000) + "1]\n");

    assertThat(problems(file)).noneMatch(problem -> problem.contains("too large"));
  }

  @Test
  void nestingWithoutEndIsStopped() throws IOException {
    Path file = write("deep.yaml", "[".repeat(100_000));

    assertThat(problems(file))
        .singleElement()
        .asString()
        .startsWith(file + ": is no YAML: Nesting Depth exceeded");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<String> problems(Path... files) {
    var refused =
        catchThrowableOfType(ManifestException.class, () -> Manifests.load(Arrays.asList(files)));
    assertThat(refused).isNotNull();
    var lines = refused.problems().stream().map(Problem::toString).toList();
    assertThat(refused).hasMessage(String.join("\n", lines));
    return lines;
  }
}
