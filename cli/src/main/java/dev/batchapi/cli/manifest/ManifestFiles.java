package dev.batchapi.cli.manifest;

import dev.batchapi.runtime.host.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that are meant: a folder stands for its .yaml and .yml files, by name. */
final class ManifestFiles {
  private static final Path STDIN = Path.of("/dev/stdin");

  private ManifestFiles() {}

  /** A file that only kustomize reads. */
  static boolean isKustomization(Path file) {
    return file.getFileName() != null
        && file.getFileName().toString().matches("kustomization[.]ya?ml|Kustomization");
  }

  /** A pipe, which can be read but has no place of its own. */
  private static boolean isStream(Path path) {
    return path.toString().equals("-")
        || (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path));
  }

  /** Each file once, in order; what is wrong is added to {@code problems}. */
  static List<Path> expand(List<Path> paths, List<Problem> problems) {
    Map<Path, Path> files = new LinkedHashMap<>();
    for (Path path : paths) {
      if (isStream(path)) {
        files.putIfAbsent(path, path.toString().equals("-") ? STDIN : path);
        continue;
      }
      try {
        for (Path file : Files.isDirectory(path) ? inFolder(path, problems) : List.of(path)) {
          files.putIfAbsent(file.toRealPath(), file);
        }
      } catch (IOException e) {
        problems.add(new Problem(path, 0, "", missing(path)));
      }
    }
    return new ArrayList<>(files.values());
  }

  private static List<Path> inFolder(Path folder, List<Problem> problems) throws IOException {
    List<Path> files;
    try (var entries = Files.list(folder)) {
      files = entries.filter(ManifestFiles::isYaml).sorted().toList();
    }
    if (files.isEmpty()) {
      problems.add(new Problem(folder, 0, "", "the folder has no .yaml or .yml file"));
    }
    return files;
  }

  private static boolean isYaml(Path file) {
    String name = file.getFileName().toString();
    return (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(file);
  }

  private static String missing(Path path) {
    if (Files.exists(path)) {
      return "cannot be read";
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return "there is no such file, nor its folder";
    }
    return "there is no such file" + nearest(folder, path.getFileName().toString());
  }

  private static String nearest(Path folder, String name) {
    try (var entries = Files.list(folder)) {
      return Nearest.question(name, entries.map(entry -> entry.getFileName().toString()).toList());
    } catch (IOException e) {
      return "";
    }
  }
}
