package dev.batchapi.runtime.worker;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the worker's process is started. The one place that knows the options of its JVM. */
public final class WorkerCommand {
  /**
   * The serial collector starts fastest and takes the least memory. Both compilers: the first alone
   * makes TLS ten times slower. The heap holds a few payloads of 1 MiB and no more; it begins
   * small, whatever the machine has, and grows only for a worker that needs it.
   */
  public static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-Xms8m",
          "-Xmx64m",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED");

  private WorkerCommand() {}

  /**
   * The command; what the worker is told comes by its environment, see {@link WorkerSettings}.
   *
   * @param java the {@code java} program
   * @param classPath the worker's jar, which names those it needs
   * @param aotCache made by {@code WorkerMain --train} with {@code -XX:AOTCacheOutput} from the
   *     same jars and the same Java, or null
   */
  public static List<String> of(Path java, String classPath, @Nullable Path aotCache) {
    var command = new ArrayList<String>();
    command.add(java.toString());
    command.addAll(arguments(classPath, aotCache));
    return command;
  }

  /**
   * An image's argument file, printed by the jar that it names.
   *
   * @param home the folder that will hold {@code worker.aot}
   */
  static List<String> arguments(Path home) {
    return arguments(System.getProperty("java.class.path"), home.resolve("worker.aot"));
  }

  private static List<String> arguments(String classPath, @Nullable Path aotCache) {
    var arguments = new ArrayList<>(JVM_OPTIONS);
    if (aotCache != null) {
      arguments.add("-XX:AOTCache=" + aotCache);
    }
    arguments.addAll(List.of("-cp", classPath, WorkerMain.class.getName()));
    return arguments;
  }

  /**
   * The command of a worker whose metrics go to a Unix socket.
   *
   * @param libraries the folder with jnr-unixsocket and what it needs, of whose native part the JDK
   *     would warn; behind the class path that the cache was made for, which so holds for both
   */
  public static List<String> withUnixSockets(
      Path java, String classPath, Path libraries, @Nullable Path aotCache) throws IOException {
    var command = new ArrayList<String>();
    command.add(java.toString());
    command.addAll(withUnixSockets(classPath, libraries, aotCache));
    return command;
  }

  /** The argument file for that, with the libraries in {@code lib-unix} below an image's folder. */
  static List<String> unixArguments(Path home) throws IOException {
    return withUnixSockets(
        System.getProperty("java.class.path"),
        home.resolve("lib-unix"),
        home.resolve("worker.aot"));
  }

  /**
   * The argument file of a worker that reads files: behind the same class path the libraries of
   * stores, in {@code lib-files} below an image's folder, and those for metrics sockets. Jars that
   * are not used cost nothing; a cache with their classes would, so this one is the ordinary.
   */
  static List<String> filesArguments(Path home) throws IOException {
    var classPath = new StringBuilder(System.getProperty("java.class.path"));
    for (var folder : List.of("lib-files", "lib-unix")) {
      classPath.append(':').append(jars(home.resolve(folder)));
    }
    var arguments = new ArrayList<String>();
    arguments.add("--sun-misc-unsafe-memory-access=allow");
    // Else the second compiler takes up to 40 MiB for one method of a store's library.
    arguments.addAll(
        List.of("-XX:CompileCommand=quiet", "-XX:CompileCommand=MemLimit,*.*,1M~stop"));
    arguments.addAll(arguments(classPath.toString(), home.resolve("worker.aot")));
    return arguments;
  }

  private static List<String> withUnixSockets(
      String classPath, Path libraries, @Nullable Path aotCache) throws IOException {
    var arguments = new ArrayList<String>();
    arguments.add("--sun-misc-unsafe-memory-access=allow");
    arguments.addAll(arguments(classPath + ":" + jars(libraries), aotCache));
    return arguments;
  }

  private static String jars(Path folder) throws IOException {
    try (var jars = Files.list(folder)) {
      return jars.map(Path::toString).sorted().collect(joining(":"));
    }
  }
}
