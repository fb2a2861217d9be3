package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page that says where things are, held to the tree. */
final class ArchitecturePageTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> MODULES =
      List.of(
          "cli",
          "crds",
          "handler-api",
          "handler-runtime/collector",
          "handler-runtime/image",
          "handler-runtime/java-host",
          "handler-runtime/protocol",
          "handler-runtime/splitter",
          "handler-runtime/worker",
          "handler-testkit",
          "job-data",
          "job-data-azure",
          "job-data-gcs",
          "job-data-parquet",
          "job-data-s3",
          "metrics-client",
          "metrics-guard",
          "operator",
          "queue",
          "worker-contract");

  @Test
  void everyClassThatThePageNamesExists() throws IOException {
    // Two capitals at least: conditions such as Failed are no classes.
    assertThat(classes()).containsAll(named("((?:[A-Z][a-z]+){2,})\\b", 30));
  }

  @Test
  void everyModuleHasItsRow() throws IOException {
    assertThat(named("([a-z0-9-]+(?:/[a-z-]+)?)/` \\|", 10)).containsAll(MODULES);
  }

  private static Set<String> named(String pattern, int atLeast) throws IOException {
    var named =
        Pattern.compile("`" + pattern)
            .matcher(Files.readString(ROOT.resolve("docs/architecture.md")))
            .results()
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).hasSizeGreaterThan(atLeast);
    return named;
  }

  private static Set<String> classes() throws IOException {
    var classes = new TreeSet<String>();
    for (var module : MODULES) {
      try (var files = Files.walk(ROOT.resolve(module).resolve("src"))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> classes.add(name.replace(".java", "")));
      }
    }
    return classes;
  }
}
