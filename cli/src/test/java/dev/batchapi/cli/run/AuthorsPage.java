package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The page for authors, followed from its first line to its last by somebody who does only what it
 * says: files are written, commands run, and what the page shows of their output is in it.
 *
 * <p>A block of code says what it is after its three backticks: {@code sh} is run, and has exit
 * code 0 unless it says another ({@code sh exits 2}); {@code text} was printed by the commands
 * before it; a language and a file's name is that file. {@code sh maven} is run with a local
 * repository of its own, {@code sh cluster} where there is an API server, and {@code sh model} by
 * the test of e2e that has all of a cluster; {@code java} stands in the test of the Maven project.
 */
final class AuthorsPage {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String JAVA_TEST = "words-java/src/test/java/com/example/HandlerTest.java";
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\S+)(?: ([^\\n]+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private final Path folder;
  private final Map<String, String> env = new HashMap<>();

  /**
   * Nothing is done yet.
   *
   * @param folder an empty one
   * @param env more variables
   */
  AuthorsPage(Path folder, Map<String, String> env) throws IOException {
    this.folder = folder;
    this.env.putAll(env);
    Files.createSymbolicLink(folder.resolve("clone"), ROOT);
  }

  /**
   * Does what the page says, but for commands that are not wanted.
   *
   * @param wanted is asked what stands behind {@code sh}; files are written if nothing may
   */
  void follow(Predicate<String> wanted) throws IOException, InterruptedException {
    var page = Files.readString(ROOT.resolve("docs/authors.md"));
    var blocks = BLOCK.matcher(page).results().toList();
    assertThat(page.split("(?m)^```", -1)).as("blocks").hasSize(blocks.size() * 2 + 1);
    String printed = null;
    for (var block : blocks) {
      var language = block.group(1);
      var rest = block.group(2) == null ? "" : block.group(2);
      var content = block.group(3);
      switch (language) {
        case "sh" -> printed = wanted.test(rest) ? run(content, rest) : null;
        case "text" -> {
          if (printed != null) {
            for (var line : content.lines().toList()) {
              assertThat(printed).containsIgnoringWhitespaces(line);
            }
          }
        }
        case "java" -> {
          if (Files.exists(folder.resolve(JAVA_TEST))) {
            var test = Files.readString(folder.resolve(JAVA_TEST));
            content.lines().forEach(line -> assertThat(test).containsIgnoringWhitespaces(line));
          }
        }
        default -> {
          assertThat(rest).as("a block of %s without a file's name", language).isNotEmpty();
          if (wanted.test("")) {
            var file = folder.resolve(rest);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
          }
        }
      }
    }
  }

  private String run(String commands, String rest) throws IOException, InterruptedException {
    var expected = rest.startsWith("exits ") ? Integer.parseInt(rest.substring(6)) : 0;
    var out = Files.createTempFile("page", ".txt");
    var builder =
        new ProcessBuilder("bash", "-euc", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().putAll(env);
    builder.environment().merge("PATH", ROOT.resolve("bin") + ":", (now, bin) -> bin + now);
    if (rest.equals("maven")) {
      var repository = " -Dmaven.repo.local=" + localRepository();
      builder.environment().put("MVN", "mvn -B -ntp" + repository);
      builder.environment().merge("MAVEN_OPTS", repository, String::concat);
    }
    var process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(400, TimeUnit.SECONDS)).as(commands).isTrue();
    var printed = Files.readString(out, UTF_8);
    Files.delete(out);
    assertThat(process.exitValue()).as("%s\n%s", commands, printed).isEqualTo(expected);
    return printed;
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
    if (!Files.isDirectory(from)) {
      return;
    }
    try (var entries = Files.list(from)) {
      for (var entry : entries.filter(e -> !e.endsWith(except)).toList()) {
        Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
      }
    }
  }
}
