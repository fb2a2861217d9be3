package dev.batchapi.runtime.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the Java host is started. The one place that knows the options of its JVM. */
public final class JavaHostCommand {
  /**
   * For every host. The serial collector starts fastest and takes the least memory beside one busy
   * thread. No limit on the compilers: the author's arithmetic needs the second one. Messages of
   * the JVM go to standard error, and only errors: standard output is the author's.
   */
  public static final List<String> JVM_OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=error:stderr");

  /** In a container, which holds nothing but the host: most of its memory is the handler's. */
  public static final List<String> CONTAINER_OPTIONS = List.of("-XX:MaxRAMPercentage=70");

  private JavaHostCommand() {}

  /**
   * The host's jar, which names those it needs.
   *
   * @param lib the folder with the libraries
   * @throws IOException if it isn't there
   */
  public static Path jar(Path lib) throws IOException {
    try (var jars = Files.newDirectoryStream(lib, "java-host-[0-9]*.jar")) {
      for (var jar : jars) {
        return jar;
      }
    }
    throw new IOException("the Java host is missing: " + lib.resolve("java-host-*.jar"));
  }

  /**
   * The command that starts a host as a child process.
   *
   * @param java the {@code java} program
   * @param classPath the host's jar, which names those it needs
   * @param aotCache made by {@code JavaHost --train} with {@code -XX:AOTCacheOutput} from the same
   *     jars and the same Java, or null
   */
  public static List<String> of(
      Path java, String classPath, @Nullable Path aotCache, Path socket, Path code) {
    var command = new ArrayList<String>();
    command.add(java.toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(program(classPath, aotCache));
    command.addAll(List.of("--socket", socket.toString(), "--code", code.toString()));
    return command;
  }

  /**
   * An image's argument file, printed by the jar that it names. The host's own arguments follow it.
   *
   * @param home the folder that will hold {@code java-host.aot}
   */
  static List<String> arguments(Path home) {
    return arguments(System.getProperty("java.class.path"), home.resolve("java-host.aot"));
  }

  static List<String> arguments(String classPath, @Nullable Path aotCache) {
    var arguments = new ArrayList<>(JVM_OPTIONS);
    arguments.addAll(CONTAINER_OPTIONS);
    arguments.addAll(program(classPath, aotCache));
    return arguments;
  }

  /**
   * The same for an image.
   *
   * @param home the folder that holds {@code java/} and {@code java-host.args}
   */
  static String script(Path home) {
    return script(
        home.resolve("java").resolve("bin").resolve("java"), home.resolve("java-host.args"));
  }

  /**
   * An image's shell script for process 1 of the handler's container, which the host's own
   * arguments follow. The kernel gives process 1 every process whose own parent has ended; a shell
   * that waits reaps them all, and a JVM none. It also starts the next host in the place of one
   * that the worker wants replaced.
   *
   * @param java the {@code java} program
   * @param arguments the file with {@link #arguments}
   */
  static String script(Path java, Path arguments) {
    return """
        #!/bin/sh
        while :; do
          '%s' '@%s' "$@" --replaceable true
          code=$?
          [ "$code" -eq %d ] || exit "$code"
        done
        """
        .formatted(java, arguments, JavaHost.EXIT_REPLACE);
  }

  private static List<String> program(String classPath, @Nullable Path aotCache) {
    var program = new ArrayList<String>();
    if (aotCache != null) {
      program.add("-XX:AOTCache=" + aotCache);
    }
    program.addAll(List.of("-cp", classPath, JavaHost.class.getName()));
    return program;
  }
}
