package dev.batchapi.data.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyFilesTest {
  private static final int FILES = 300_000;

  @TempDir Path folder;

  /** What is in memory of a file is 8 bytes: as objects they would be five times this heap. */
  @Test
  void aListOfManyFilesNeedsNoMoreMemoryThanAShortOne() throws Exception {
    var out = folder.resolve("out");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(out)).isZero();
    assertThat(folder).as("a file without a name").isDirectoryContaining(out::equals);
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void filesThatComeInAnyOrderAreSortedByTheirBytes() {
    try (var files = new ListedFiles()) {
      for (var url : new String[] {"z", "b", "\uD83D\uDE00", "a", "\uFF5E", "first"}) {
        files.append(new StoredFile(url, url.length(), "v" + url));
      }
      files.complete();
      files.sort(1, 5);
      assertThat(files)
          .extracting(StoredFile::url)
          .containsExactly("z", "a", "b", "\uFF5E", "\uD83D\uDE00", "first");
      assertThat(files.getLast()).isEqualTo(new StoredFile("first", 5, "vfirst"));
    }
  }

  /** Lists and cuts them. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try (var files = new ListedFiles();
          var stores = Stores.of(Map.of(), Path.of("."))) {
        for (var i = 0; i < FILES; i++) {
          files.append(new StoredFile("images/%09d.jpg".formatted(i), i, "etag-" + i));
        }
        files.complete();
        var spec = new FilesSpec(List.of("images/"), null, FileFormat.PATHS, null, null);
        var split = new Splitter(files, spec, 100, stores).split((index, ref) -> {});
        if (split.items() != FILES) {
          throw new IllegalStateException(split.toString());
        }
      }
    }
  }
}
