package dev.batchapi.runtime.worker;

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
}
