package dev.batchapi.cli.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A folder that a new one is made of: an example of this product, in which the word {@code starter}
 * stands for the new one's name.
 *
 * @param files relative to the folder
 */
record Template(Path folder, List<Path> files) {
  private static final String NAME = "starter";

  /** With room for what is added to it, as a job's entry; a BatchJob's name has 45 characters. */
  private static final int LONGEST_NAME = 30;

  /**
   * Lists its files.
   *
   * @throws IOException if it is not where the program's other files are
   */
  static Template of(Path folder) throws IOException {
    try (var entries = Files.walk(folder)) {
      return new Template(
          folder, entries.filter(Files::isRegularFile).map(folder::relativize).sorted().toList());
    }
  }

  /** Writes them to a folder. */
  void copy(Path to, String name) throws IOException {
    for (var file : files) {
      var target = to.resolve(file.toString());
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.writeString(target, Files.readString(folder.resolve(file)).replace(NAME, name));
    }
  }

  /** A folder's name as Kubernetes' objects are named: small letters, digits and hyphens. */
  static String nameOf(Path folder) throws IOException {
    var own = folder.toAbsolutePath().normalize().getFileName();
    var name =
        (own == null ? "" : own.toString())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceFirst("^[-0-9]+", "");
    name = name.substring(0, Math.min(name.length(), LONGEST_NAME)).replaceFirst("-+$", "");
    return name.isEmpty() ? "handler" : name;
  }
}
