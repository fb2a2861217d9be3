package dev.batchapi.runtime;

import static java.util.stream.Collectors.joining;

import dev.batchapi.runtime.host.JavaHostCommand;
import dev.batchapi.runtime.worker.WorkerCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes what the image's containers are started with, {@code java @worker.args} and {@code
 * java-host.sh ...}, into the folder that holds {@code java/} and {@code lib/} and will hold the
 * AOT caches.
 */
public final class ArgumentFiles {
  private ArgumentFiles() {}

  public static void main(String[] arguments) throws IOException {
    var home = Path.of(arguments[0]).toAbsolutePath();
    var classPath = classPath(home.resolve("lib"));
    write(home, "worker", WorkerCommand.arguments(classPath, home.resolve("worker.aot")));
    var host =
        write(
            home, "java-host", JavaHostCommand.arguments(classPath, home.resolve("java-host.aot")));
    Files.writeString(
        home.resolve("java-host.sh"),
        JavaHostCommand.script(home.resolve("java").resolve("bin").resolve("java"), host));
  }

  /** In a fixed order: of a wildcard's the file system decides, and the caches hold for one. */
  private static String classPath(Path lib) throws IOException {
    try (var jars = Files.list(lib)) {
      return jars.map(Path::toString).sorted().collect(joining(":"));
    }
  }

  private static Path write(Path home, String program, List<String> arguments) throws IOException {
    return Files.write(home.resolve(program + ".args"), arguments);
  }
}
