package dev.batchapi.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of the folder carries what a person reads about it, in comments at its end. */
class InvalidManifestsTest {
  private static final Path FOLDER =
      Path.of("src/test/resources/dev/batchapi/cli/manifest/invalid");

  /** The rules of the CRDs, with the messages that an API server says. */
  private static final Path RULES = Path.of("../crds/src/test/resources/manifests/invalid");

  private static final String EXPECT = "# expect: ";

  static Stream<Path> files() throws IOException {
    return list(FOLDER);
  }

  static Stream<Path> rules() throws IOException {
    return list(RULES);
  }

  @ParameterizedTest
  @MethodSource("files")
  void aPersonReadsWhatIsWrongAndWhere(Path file) throws IOException {
    String said =
        problems(file).stream()
            .map(Problem::toString)
            .map(line -> line.replace(file.toString(), file.getFileName().toString()))
            .map(line -> EXPECT + line + "\n")
            .collect(Collectors.joining());

    assertThat(said).isEqualTo(String.join("", expected(file, EXPECT + "%s\n")));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theRulesOfAnApiServerAreSaidInItsWords(Path file) throws IOException {
    List<String> said =
        problems(file).stream()
            .filter(problem -> !problem.message().startsWith("no BatchAPI"))
            .map(problem -> problem.path() + ": " + problem.message())
            .toList();

    assertThat(said).containsExactlyInAnyOrderElementsOf(expected(file, "%s"));
  }

  private static List<Problem> problems(Path file) {
    var refused =
        catchThrowableOfType(ManifestException.class, () -> Manifests.load(List.of(file)));
    assertThat(refused).as("%s is loaded", file).isNotNull();
    return refused.problems();
  }

  private static List<String> expected(Path file, String format) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(EXPECT))
        .map(line -> format.formatted(line.substring(EXPECT.length())))
        .toList();
  }

  private static Stream<Path> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList().stream();
    }
  }
}
