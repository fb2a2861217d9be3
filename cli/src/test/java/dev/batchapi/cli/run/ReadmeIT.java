package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The handlers and the commands of the READMEs, run as they stand there. */
class ReadmeIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern COMMAND = Pattern.compile("^bin/batchapi .*$", Pattern.MULTILINE);

  private static final Predicate<String> IN_FILES = line -> line.contains("--input");

  @TempDir private Path folder;

  @BeforeEach
  void asInAClone() throws IOException {
    Files.createSymbolicLink(folder.resolve("bin"), ROOT.resolve("bin"));
    Files.createSymbolicLink(folder.resolve("examples"), ROOT.resolve("examples"));
  }

  @Test
  void theHandlersOfTheReadmeRunInBothLanguages() throws Exception {
    var readme = Files.readString(ROOT.resolve("README.md"));
    Files.writeString(folder.resolve("handler.py"), block(readme, "python"));
    Files.writeString(folder.resolve("photos.yaml"), block(readme, "yaml"));
    assertThat(command("bin/batchapi run photos.yaml --results results.jsonl", 0))
        .contains("photos-monday: Complete", "2 of 2 batches", "photos_seen{model=v1}", "sum 3");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl")))
        .extracting(line -> line.replaceAll(".*\"result\":", ""))
        .containsExactly("false}", "true}", "false}");

    var java =
        block(readme, "yaml")
            .replace(
                "python: {file: handler.py}",
                "java:\n      inline: |\n" + block(readme, "java").indent(8));
    Files.writeString(folder.resolve("photos.yaml"), java);
    assertThat(command("bin/batchapi run photos.yaml --results results.jsonl", 0))
        .contains("photos-monday: Complete", "2 of 2 batches", "photos_seen{model=v1}", "sum 3");
  }

  @Test
  void theFilesOfTheReadmeGoInAndResultsComeOut() throws Exception {
    var readme = Files.readString(ROOT.resolve("README.md"));
    var commands =
        COMMAND.matcher(readme).results().map(MatchResult::group).filter(IN_FILES).toList();
    assertThat(commands).hasSize(3);
    Files.writeString(
        folder.resolve("handler.py"), block(readme, "python").replace("len(item", "12 / len(item"));
    Files.writeString(folder.resolve("photos.yaml"), block(readme, "yaml"));
    Files.createDirectories(folder.resolve("monday/early"));
    Files.writeString(
        folder.resolve("monday/early/a.jsonl"), "{\"name\":\"cat\"}\n{\"name\":\"\"}\n");
    Files.writeString(folder.resolve("more.csv"), "name\nhorse\n");

    assertThat(command(commands.get(0), 0))
        .contains("3 items in 2 batches of 2", "2 files", "monday/early/a.jsonl", "more.csv:2");
    assertThat(command(commands.get(1), 2)).contains("1 succeeded, 1 failed", "ZeroDivisionError");
    Files.writeString(folder.resolve("handler.py"), block(readme, "python"));
    assertThat(command(commands.get(2), 0))
        .contains("1 of 2 batches are done already", "2 succeeded, 0 failed");
    assertThat(Files.readAllLines(folder.resolve("results/results-00000.jsonl")))
        .hasSize(3)
        .first()
        .asString()
        .contains("\"source\":\"monday/early/a.jsonl:1\"");
    assertThat(folder.resolve("results/errors.jsonl")).isEmptyFile();
    assertThat(folder.resolve("results/manifest.json")).content().contains("\"Complete\"");
  }

  @Test
  void everyCommandOfTheReadmeIsRunByATest() throws Exception {
    assertThat(COMMAND.matcher(Files.readString(ROOT.resolve("README.md"))).results())
        .extracting(MatchResult::group)
        .filteredOn(IN_FILES.negate())
        .containsExactly("bin/batchapi run photos.yaml --results results.jsonl");
  }

  /** ExamplesIT runs the first one of each, and looks at what comes of it. */
  @Test
  void everyCommandOfTheExamplesReadmesRuns() throws Exception {
    var first = Files.readString(Path.of("src/test/java/dev/batchapi/cli/run/ExamplesIT.java"));
    for (var readme : readmes()) {
      var commands = COMMAND.matcher(Files.readString(readme)).results().toList();
      assertThat(commands).as(readme.toString()).isNotEmpty();
      var example = Objects.requireNonNull(readme.getParent()).getFileName();
      assertThat(first).contains("first(\"%s\")".formatted(example));
      for (var match : commands.subList(1, commands.size())) {
        // Who names a file for errors has some.
        command(match.group(), match.group().contains("--errors") ? 2 : 0);
      }
    }
  }

  @Test
  void everyTestThatTheCrashTablesNameExists() throws Exception {
    var sources = new StringBuilder();
    for (var module :
        List.of("queue", "handler-runtime/worker", "handler-runtime/image", "operator", "cli")) {
      try (var files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          sources.append(Files.readString(file));
        }
      }
    }
    var shownBy = new ArrayList<String>();
    for (var page : List.of("worker-and-operator.md", "queue-and-ledger.md")) {
      // An entry ends where the next one begins, or with the list.
      Pattern.compile("Shown by ((?:.|\n  )+)")
          .matcher(Files.readString(ROOT.resolve("docs/protocol").resolve(page)))
          .results()
          .forEach(entry -> shownBy.add(entry.group(1)));
    }
    assertThat(shownBy).hasSizeGreaterThan(15);
    for (var entry : shownBy) {
      var names = Pattern.compile("[#`]([a-z][A-Za-z]{15,})`").matcher(entry).results().toList();
      assertThat(names).as(entry).isNotEmpty();
      for (var name : names) {
        assertThat(sources).contains(" " + name.group(1) + "(");
      }
    }
  }

  private static List<Path> readmes() throws IOException {
    try (Stream<Path> examples = Files.list(ROOT.resolve("examples"))) {
      return examples
          // Those are copied by `batchapi init`, and speak of the folder that it makes.
          .filter(example -> !example.getFileName().toString().startsWith("starter-"))
          .map(example -> example.resolve("README.md"))
          .toList();
    }
  }

  private static String block(String markdown, String language) {
    var start = markdown.indexOf("```" + language + "\n") + language.length() + 4;
    return markdown.substring(start, markdown.indexOf("```", start));
  }

  private String command(String line, int exitCode) throws IOException, InterruptedException {
    var out = folder.resolve("out.txt");
    var process =
        new ProcessBuilder("bash", "-c", line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(line).isTrue();
    var text = Files.readString(out, UTF_8);
    assertThat(process.exitValue()).as(line + "\n" + text).isEqualTo(exitCode);
    return text;
  }
}
