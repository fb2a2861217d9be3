package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page for authors, followed from its first line to its last by somebody who does only what it
 * says: files are written, commands run, and what the page shows of their output is in it.
 *
 * <p>A block of code says what it is after its three backticks: {@code sh} is run, and has exit
 * code 0 unless it says another ({@code sh exits 2}); {@code text} was printed by the commands
 * before it; a language and a file's name is that file. {@code sh maven} is run with a local
 * repository of its own, and {@code sh cluster} by tests that have a cluster.
 */
class AuthorsPageIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\S+)(?: ([^\\n]+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @TempDir private Path folder;
  private String printed = "";

  @Test
  void whoDoesWhatThePageSaysSeesWhatThePageShows() throws Exception {
    Files.createSymbolicLink(folder.resolve("clone"), ROOT);
    var page = Files.readString(ROOT.resolve("docs/authors.md"));
    var blocks = BLOCK.matcher(page).results().toList();
    assertThat(page.split("^```", -1).length).isLessThanOrEqualTo(blocks.size() * 2 + 1);
    for (var block : blocks) {
      var language = block.group(1);
      var rest = block.group(2) == null ? "" : block.group(2);
      switch (language) {
        case "sh" -> {
          if (!rest.equals("cluster")) {
            run(block.group(3), rest);
          }
        }
        case "text" ->
            block
                .group(3)
                .lines()
                .forEach(line -> assertThat(printed).containsIgnoringWhitespaces(line));
        case "java" ->
            block
                .group(3)
                .lines()
                .forEach(
                    line ->
                        assertThat(
                                folder.resolve(
                                    "words-java/src/test/java/com/example/HandlerTest.java"))
                            .content()
                            .containsIgnoringWhitespaces(line));
        default -> {
          assertThat(rest).as("a block of %s without a file's name", language).isNotEmpty();
          var file = folder.resolve(rest);
          Files.createDirectories(file.getParent());
          Files.writeString(file, block.group(3));
        }
      }
    }
  }

  /** What this machine's has, but for our own jars: those are installed by the page. */
  private Path localRepository() throws IOException {
    var repository = folder.resolve("repository");
    if (!Files.exists(repository)) {
      var machines = Path.of(System.getProperty("user.home"), ".m2/repository");
      link(machines, repository, "dev");
      link(machines.resolve("dev"), repository.resolve("dev"), "batchapi");
    }
    return repository;
  }

  private static void link(Path from, Path to, String except) throws IOException {
    Files.createDirectories(to);
    try (var entries = Files.list(from)) {
      for (var entry : entries.filter(e -> !e.endsWith(except)).toList()) {
        Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
      }
    }
  }

  private void run(String commands, String rest) throws IOException, InterruptedException {
    var expected = rest.startsWith("exits ") ? Integer.parseInt(rest.substring(6)) : 0;
    var out = Files.createTempFile("page", ".txt");
    var builder =
        new ProcessBuilder("bash", "-euc", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().merge("PATH", ROOT.resolve("bin") + ":", (now, bin) -> bin + now);
    if (rest.equals("maven")) {
      var repository = " -Dmaven.repo.local=" + localRepository();
      builder.environment().put("MVN", "mvn -B -ntp" + repository);
      builder.environment().merge("MAVEN_OPTS", repository, String::concat);
    }
    var process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(200, TimeUnit.SECONDS)).as(commands).isTrue();
    printed = Files.readString(out, UTF_8);
    Files.delete(out);
    assertThat(process.exitValue())
        .as("%s in %s\n%s", commands, List.of(folder), printed)
        .isEqualTo(expected);
  }
}
