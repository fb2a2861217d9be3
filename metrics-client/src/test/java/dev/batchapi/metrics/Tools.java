package dev.batchapi.metrics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The servers that {@code make tools} builds, as child processes of a test. */
public final class Tools {
  private Tools() {}

  public static String path(String name) {
    String cache =
        System.getenv()
            .getOrDefault(
                "XDG_CACHE_HOME", Path.of(System.getProperty("user.home"), ".cache") + "");
    String folder =
        System.getProperty("batchapi.bin", Path.of(cache, "batchapi", "bin").toString());
    Path binary = Path.of(folder, name);
    if (!Files.isExecutable(binary)) {
      throw new IllegalStateException("No " + name + " in " + folder + ": run `make tools`.");
    }
    return binary.toString();
  }

  public static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
