package dev.batchapi.runtime.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The author's class path.
 *
 * @param entries jars and folders that exist, in order; within a pattern by name
 */
public record ClassPath(List<Path> entries) {

  /**
   * Finds what is meant.
   *
   * @param patterns jars, folders, and patterns whose last part has a {@code *}; relative ones are
   *     looked for in the code folder, then in the working folder
   * @param code the code folder, the last entry
   * @throws HandlerInvalidException if one of them is nothing
   */
  static ClassPath of(List<String> patterns, Path code) throws HandlerInvalidException {
    List<Path> entries = new ArrayList<>();
    for (String pattern : patterns) {
      entries.addAll(find(pattern, code));
    }
    entries.add(code);
    return new ClassPath(entries.stream().distinct().toList());
  }

  private static List<Path> find(String pattern, Path code) throws HandlerInvalidException {
    Path path;
    try {
      path = place(Path.of(pattern), code);
    } catch (InvalidPathException e) {
      throw new HandlerInvalidException(
          "classpath \"%s\" is no path: %s".formatted(pattern, e.getReason()));
    }
    Path name = path.getFileName();
    if (name != null && name.toString().contains("*")) {
      return matches(pattern, path.resolveSibling(""), name.toString());
    }
    if (!Files.exists(path)) {
      throw new HandlerInvalidException(
          "classpath \"%s\" does not exist%s%s"
              .formatted(
                  pattern,
                  path.toString().equals(pattern) ? "" : " (looked at " + path + ")",
                  buildHint(pattern)));
    }
    return List.of(path);
  }

  private static Path place(Path path, Path code) {
    Path inCode = code.resolve(path).normalize();
    boolean pattern = inCode.toString().contains("*");
    return Files.exists(pattern ? inCode.resolveSibling("") : inCode)
        ? inCode
        : path.toAbsolutePath().normalize();
  }

  /** The end of a sentence that says that this is missing, if a build would make it. */
  public static String buildHint(String pattern) {
    return pattern.matches("(\\./)?target(/.*)?")
        ? ": compile first, with mvn package"
        : pattern.matches("(\\./)?build(/.*)?") ? ": compile first, with gradle build" : "";
  }

  private static List<Path> matches(String pattern, Path folder, String glob)
      throws HandlerInvalidException {
    if (!Files.isDirectory(folder)) {
      throw new HandlerInvalidException(
          "classpath \"%s\" matches nothing: there is no folder %s%s"
              .formatted(pattern, folder, buildHint(pattern)));
    }
    List<Path> found = new ArrayList<>();
    // As in java -cp, a lone star means the jars.
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, glob.equals("*") ? "*.jar" : glob)) {
      files.forEach(found::add);
    } catch (IOException e) {
      throw new HandlerInvalidException(
          "classpath \"%s\" can't be read: %s".formatted(pattern, e.getMessage()));
    }
    if (found.isEmpty()) {
      throw new HandlerInvalidException(
          "classpath \"%s\" matches nothing: no such file in %s%s"
              .formatted(pattern, folder, buildHint(pattern)));
    }
    found.sort(null);
    return found;
  }

  @Override
  public String toString() {
    return String.join(":", entries.stream().map(Path::toString).toList());
  }
}
