package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A folder with what goes into a builder, {@code in-*}, and what must come out, {@code out-*}.
 * {@code -Dgolden.update=true} writes what comes out instead of comparing it.
 */
final class GoldenFolder {
  private static final Path ALL = Path.of("src/test/resources/dev/batchapi/operator/pod/golden");
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  private final Path folder;
  private final Set<Path> used = new HashSet<>();

  private GoldenFolder(Path folder) {
    this.folder = folder;
  }

  static List<GoldenFolder> all() throws IOException {
    try (var folders = Files.list(ALL)) {
      return folders.sorted().map(GoldenFolder::new).toList();
    }
  }

  String in(String name) {
    return find(name).orElseThrow(() -> new AssertionError("no " + name + " in " + folder));
  }

  Optional<String> find(String name) {
    var file = folder.resolve(name);
    used.add(file);
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void comesOut(String name, String text) throws IOException {
    var file = folder.resolve(name);
    used.add(file);
    if (UPDATE) {
      Files.writeString(file, text);
    }
    assertThat(text).as("%s", file).isEqualTo(find(name).orElse(""));
  }

  /** Nothing may lie there that nobody looks at. */
  void hasNothingElse() throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files).as("%s", folder).isSubsetOf(used);
    }
  }

  @Override
  public String toString() {
    return String.valueOf(folder.getFileName());
  }
}
