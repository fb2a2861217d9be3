package dev.batchapi.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.Listing;
import dev.batchapi.data.files.Splitter;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All vendors' libraries are on the class path of who reads files; of each job, only one is loaded.
 */
class OnlyTheStoreThatIsNamedTest {
  private static final Pattern VENDORS =
      Pattern.compile(
          "\\] (software\\.amazon|com\\.google\\.(?:api|auth)|com\\.azure|org\\.apache\\.parquet|org\\.xerial)\\.");

  @TempDir Path folder;

  @Test
  void aJobOverPlainFilesLoadsNone() throws Exception {
    Files.writeString(folder.resolve("a.jsonl"), "1\n2\n");
    assertThat(loaded("split", "a.jsonl")).isEmpty();
  }

  @Test
  void aStoreLoadsItsOwnLibrary() throws Exception {
    assertThat(loaded("open", "s3://bucket/key")).containsExactly("software.amazon");
    assertThat(loaded("open", "gs://bucket/name"))
        .containsExactly("com.google.api", "com.google.auth");
    assertThat(loaded("open", "az://container/name")).containsExactly("com.azure");
  }

  private Set<String> loaded(String verb, String path) throws Exception {
    var log = folder.resolve("classes");
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Xlog:class+load:file=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                verb,
                path)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile());
    builder.environment().put("HOME", folder.toString());
    var process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("out"))).isZero();
    var vendors = new TreeSet<String>();
    try (var lines = Files.lines(log)) {
      lines
          .map(VENDORS::matcher)
          .filter(Matcher::find)
          .forEach(found -> vendors.add(found.group(1)));
    }
    return vendors;
  }

  /** What a splitter does first. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      var env =
          Map.of(
              "AZURE_STORAGE_ACCOUNT",
              "photos",
              "AWS_ACCESS_KEY_ID",
              "a",
              "AWS_SECRET_ACCESS_KEY",
              "b");
      try (var stores = Stores.of(env, Path.of("."))) {
        if (arguments[0].equals("open")) {
          stores.of(arguments[1]);
          return;
        }
        var spec = FilesSpec.of(List.of(arguments[1]));
        new Splitter(Listing.of(spec, stores), spec, 1, stores).split((index, ref) -> {});
      }
    }
  }
}
