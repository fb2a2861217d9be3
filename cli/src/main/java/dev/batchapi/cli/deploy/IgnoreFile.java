package dev.batchapi.cli.deploy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Which files of a folder are no code: a pattern a line, as in .gitignore, of {@code *}, {@code **}
 * and {@code ?}. One without a slash matches in every folder, one that ends with a slash a folder;
 * {@code #} begins a comment. There is no {@code !}.
 */
final class IgnoreFile {
  static final String NAME = ".batchapiignore";

  /** What is never code. */
  private static final List<String> ALWAYS =
      List.of("*.yaml", "*.yml", "batchapi.schema.json", "__pycache__/", "README.md", "target/");

  private final List<PathMatcher> matchers = new ArrayList<>();

  private IgnoreFile(List<String> patterns) {
    for (var pattern : patterns) {
      var anchored = pattern.replaceFirst("^/", "");
      var glob = anchored.replaceFirst("/$", "");
      add(glob);
      if (!anchored.replaceFirst("/$", "").contains("/") && !pattern.startsWith("/")) {
        add("**/" + glob);
      }
    }
  }

  private void add(String glob) {
    matchers.add(FileSystems.getDefault().getPathMatcher("glob:" + glob));
  }

  /** Of a folder, with what is ignored in all of them. */
  static IgnoreFile of(Path folder) throws IOException {
    var patterns = new ArrayList<>(ALWAYS);
    var file = folder.resolve(NAME);
    if (Files.exists(file)) {
      Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(patterns::add);
    }
    return new IgnoreFile(patterns);
  }

  /**
   * Whether a file or folder is left out; so is what begins with a dot.
   *
   * @param path relative to the folder
   */
  boolean ignores(Path path) {
    return path.getFileName().toString().startsWith(".")
        || matchers.stream().anyMatch(matcher -> matcher.matches(path));
  }
}
