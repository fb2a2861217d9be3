package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code make bench-data} in small: each way that it compares, but Ray's, does what it should. */
class DataBenchmarkIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void eachWayWritesALineForEachItem() throws Exception {
    Assumptions.assumeTrue(run("python3", "-c", "import boto3") == 0, "needs Python with boto3");
    var cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getenv("HOME") + "/.cache");

    var code =
        run(
            "python3",
            ROOT.resolve("cli/src/bench/data/bench_data.py").toString(),
            "--batchapi",
            ROOT.resolve("bin/batchapi").toString(),
            "--servers",
            Path.of(cache, "batchapi", "bin").toString(),
            "--mb",
            "1",
            "--runs",
            "1",
            "--ways",
            "read,scan,split,loop,batchapi");

    var out = Files.readString(folder.resolve("out"));
    assertThat(code).as(out).isZero();
    assertThat(out).contains("1 MB, 1,000 items", "| batchapi |", "batchapi of loop:");
  }

  private int run(String... command) throws Exception {
    return new ProcessBuilder(List.of(command))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start()
        .waitFor();
  }
}
