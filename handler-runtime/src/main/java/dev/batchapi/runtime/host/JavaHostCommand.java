package dev.batchapi.runtime.host;

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
   * The command that starts a host as a child process.
   *
   * @param java the {@code java} program
   * @param classPath of this runtime; jars, for the cache to be of use
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

  /** An image's argument file, which the host's own arguments follow. */
  public static List<String> arguments(String classPath, @Nullable Path aotCache) {
    var arguments = new ArrayList<>(JVM_OPTIONS);
    arguments.addAll(CONTAINER_OPTIONS);
    arguments.addAll(program(classPath, aotCache));
    return arguments;
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
  public static String script(Path java, Path arguments) {
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
