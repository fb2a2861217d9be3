package dev.batchapi.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the image holds is enough for each store: with the class path of the program itself. */
class LibFilesIT {
  private static final Path DIST = Path.of("target", "dist").toAbsolutePath();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"s3://bucket/key", "gs://bucket/name", "az://container/name"})
  void splitterAndWorkerCanOpenEachStore(String url) throws Exception {
    for (var program : new String[] {"splitter", "worker"}) {
      var out = folder.resolve("out");
      var process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-cp",
                  jars(DIST.resolve("lib"), program + "-[0-9].*")
                      + ":"
                      + jars(DIST.resolve("lib-files"), ".*")
                      + ":"
                      + Path.of("target", "test-classes").toAbsolutePath(),
                  OnlyTheStoreThatIsNamedTest.Program.class.getName(),
                  "open",
                  url)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(out)).isZero();
    }
  }

  private static String jars(Path libraries, String name) throws IOException {
    try (var files = Files.list(libraries)) {
      return files
          .filter(file -> file.getFileName().toString().matches(name))
          .map(Path::toString)
          .sorted()
          .collect(Collectors.joining(":"));
    }
  }
}
