package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every example does what its README says, to the last digit. */
class ExamplesIT {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void allDigitsAreClassifiedAndCountedInBothLanguages() throws Exception {
    var run = first("digits").exits(0);
    for (var language : List.of("java", "python")) {
      run.says(
          "digits-%s: Complete".formatted(language),
          "113 succeeded, 0 failed, 0 not done (of 113; 1,797 items)");
    }
    assertThat(run.out().split("digits_right +counter +sum 1,778 ", -1)).hasSize(3);
    assertThat(run.out().split("digits_wrong +counter +sum 19 ", -1)).hasSize(3);
    assertThat(run.out().split("digits_confidence +histogram +1,797 samples", -1)).hasSize(3);
    assertThat(sumOf("digits_predicted\\{digit=.}", run.out())).isEqualTo(2 * 1_797);
    assertThat(results("digits-results.jsonl", "digits-java"))
        .hasSize(1_797)
        .isEqualTo(results("digits-results.jsonl", "digits-python"));
  }

  @Test
  void theMetricsArriveAsDocumented() throws Exception {
    var run = first("metrics").exits(0);
    assertThat(run.out().split("my_counter\\{model=v1} +counter +sum 10 ", -1)).hasSize(3);
    assertThat(run.out().split("my_gauge\\{model=v1} +gauge +last 42 ", -1)).hasSize(3);
    assertThat(
            run.out()
                .split("my_histogram\\{model=v1} +histogram +10 samples, min 100, .* max 100", -1))
        .hasSize(3);
  }

  @Test
  void failuresAreReportedAsTheReadmeShows() throws Exception {
    first("failing")
        .exits(2)
        .says(
            "failing-java: BatchesFailed",
            "failing-python: BatchesFailed",
            "8 succeeded, 2 failed, 0 not done",
            "batch 3 (item 3) failed, 3 attempts, HandlerFailed: ValueError: 3 never works",
            "batch 3 (item 3) failed, 3 attempts, HandlerFailed: java.lang.IllegalStateException",
            "batch 7 (item 7) failed, 1 attempt, FatalError")
        .withoutOurFrames();
    assertThat(Files.readAllLines(folder.resolve("failed.jsonl"))).hasSize(4);
  }

  @Test
  void everyCustomerIsScoredInBothLanguages() throws Exception {
    first("scoring").exits(0).says("40 items in 5 batches of 8", "customers.csv");
    run("scoring", "--results", "results.jsonl").exits(0).says("5 succeeded, 0 failed");
    var line =
        "{\"job\":\"scoring-python\",\"item\":7,\"batch\":0,\"source\":\"customers.csv:9\",\"result\":{\"id\":\"C-1008\",\"score\":51,\"good\":false}}";
    assertThat(Files.readString(EXAMPLES.resolve("scoring/README.md"))).contains(line);
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).contains(line);
    assertThat(results("results.jsonl", "scoring-python"))
        .hasSize(40)
        .isEqualTo(results("results.jsonl", "scoring-java"));
    assertThat(
            results("results.jsonl", "scoring-python").stream()
                .filter(r -> r.contains("\"good\":true")))
        .hasSize(24);
  }

  @Test
  void anImageThatIsBrokenFailsAlone() throws Exception {
    first("images")
        .exits(2)
        .says("9 succeeded, 1 failed (of 10)", "item 6 (photos/six.pgm) failed, 2 attempts");
    assertThat(Files.readAllLines(folder.resolve("brightness.jsonl")))
        .hasSize(9)
        .allMatch(line -> line.matches(".*\"brightness\":0\\.[23][0-9]?}}"));
    assertThat(lines("broken.jsonl", "images").map(line -> line.get("payload").asText()))
        .containsExactly(EXAMPLES.resolve("images/photos/six.pgm").toString());
    run("images", "--input", EXAMPLES + "/images/photos/[f-o]*.pgm", "--format", "paths").exits(0);
  }

  @Test
  void digitsGoFromAStoreToAStore() throws Exception {
    first("digits-store").exits(0).says("3 resources are right");
    var out = serving("digits-store", 0);
    assertThat(out).containsPattern("digits_right +counter +sum 1,616 ");
    var listing =
        Files.readAllLines(EXAMPLES.resolve("digits-store/README.md")).stream()
            .filter(line -> line.startsWith("s3://") && !line.contains("manifest.json"))
            .toList();
    assertThat(listing).hasSize(3);
    assertThat(out.lines()).containsAll(listing);
    assertThat(folder.resolve("target/store/results/digits-store/results-00000.jsonl"))
        .content()
        .hasLineCount(1_797)
        .contains("\"source\":\"s3://digits/digits.jsonl:1797\"");
  }

  /** The line of the README that starts the service beside the command. */
  @Test
  void everyPromptOfPaidCallsHasItsAnswerOrItsError() throws Exception {
    first("llm-calls").exits(0).says("llm-python: 240 items in 2 batches of 120");
    var out = serving("llm-calls", 2);
    assertThat(out).contains("llm-java: ItemsFailed", "llm-python: ItemsFailed");
    assertThat(out.split("238 succeeded, 2 failed \\(of 240\\)", -1)).hasSize(3);
    for (var job : List.of("llm-java", "llm-python")) {
      var answered = lines("answers.jsonl", job).map(line -> line.at("/result/id").asText());
      var refused = lines("refused.jsonl", job).map(line -> line.at("/payload/id").asText());
      assertThat(refused).containsExactly("R-077", "R-178");
      assertThat(Stream.concat(answered, Stream.of("R-077", "R-178")).sorted())
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 240).mapToObj("R-%03d"::formatted).toList());
    }
    // It was as bad as it says. On a slow machine some answers come too late, and are asked for
    // again.
    assertThat(out)
        .containsPattern("server: \\d+ calls: \\d+ answered, [1-9]\\d* failed, [1-9]\\d* hung, ");
  }

  /** Runs the line of an example's README that begins with Python, as in a clone. */
  private String serving(String example, int exitCode) throws Exception {
    var line =
        Files.readAllLines(EXAMPLES.resolve(example).resolve("README.md")).stream()
            .filter(l -> l.startsWith("python3 "))
            .findFirst()
            .orElseThrow();
    for (var name : List.of("bin", "examples")) {
      Files.createSymbolicLink(folder.resolve(name), EXAMPLES.resolveSibling(name));
    }
    var out = folder.resolve("out.txt");
    var process =
        new ProcessBuilder("bash", "-c", line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(line).isTrue();
    assertThat(process.exitValue()).as(Files.readString(out)).isEqualTo(exitCode);
    return Files.readString(out);
  }

  private Stream<JsonNode> lines(String file, String job) throws IOException {
    return Files.readAllLines(folder.resolve(file)).stream()
        .map(ExamplesIT::json)
        .filter(line -> line.get("job").asText().equals(job));
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  /** The first command of its README; the others are ReadmeIT's. */
  private Cli.Result first(String example) throws Exception {
    var command =
        Files.readAllLines(EXAMPLES.resolve(example).resolve("README.md")).stream()
            .filter(line -> line.startsWith("bin/batchapi "))
            .findFirst()
            .orElseThrow();
    var arguments = command.replace("examples/", EXAMPLES + "/").split(" ", -1);
    return new Cli(folder).run(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private Cli.Result run(String example, String... options) throws Exception {
    var arguments = new ArrayList<>(List.of("run", EXAMPLES.resolve(example).toString()));
    arguments.addAll(List.of(options));
    return new Cli(folder).run(arguments.toArray(String[]::new));
  }

  private List<String> results(String file, String job) throws IOException {
    return lines(file, job).map(line -> line.get("item") + ":" + line.get("result")).toList();
  }

  private static long sumOf(String series, String text) {
    return Pattern.compile(series + " +counter +sum ([0-9,]+) ")
        .matcher(text)
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1).replace(",", "")))
        .sum();
  }
}
