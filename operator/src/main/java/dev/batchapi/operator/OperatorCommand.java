package dev.batchapi.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the operator's process is started. The one place that knows the options of its JVM. The
 * folder is the image's {@code /opt/batchapi}, with {@code lib/*.jar} and {@code operator.aot}.
 */
final class OperatorCommand {
  /**
   * The serial collector and one compiler: with both it takes 30 MiB more and starts half a second
   * later, and nothing that the operator does is worth that. Out of memory, it is better started
   * anew than half alive.
   */
  static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "-Xms30m",
          "-Xmn12m",
          // Of the container's limit; the rest is the JVM's own, 100 MiB and little more.
          "-XX:MaxRAMPercentage=50",
          // After a collection the heap shrinks to little more than what is alive: see SpareHeap.
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=20",
          "-XX:-ShrinkHeapInSteps",
          "-XX:TrimNativeHeapInterval=60000",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED");

  private OperatorCommand() {}

  /** The arguments of {@code java}, one a line for its argument file. */
  static List<String> arguments(Path folder) throws IOException {
    return arguments(folder, "-XX:AOTCache=");
  }

  /** Those with which the AOT cache is made, whatever memory the machine has that makes it. */
  static List<String> trainingArguments(Path folder) throws IOException {
    var arguments = arguments(folder, "-XX:AOTCacheOutput=");
    arguments.addFirst("-Xmx256m");
    arguments.add("--train");
    return arguments;
  }

  private static List<String> arguments(Path folder, String cache) throws IOException {
    var arguments = new ArrayList<>(JVM_OPTIONS);
    arguments.add(cache + folder.resolve("operator.aot"));
    arguments.add("-cp");
    arguments.add(classPath(folder.resolve("lib")));
    arguments.add(OperatorMain.class.getName());
    return arguments;
  }

  /** In an order of our own: the cache is of no use with another one. */
  private static String classPath(Path lib) throws IOException {
    try (var jars = Files.list(lib)) {
      return jars.map(Path::toString)
          .filter(jar -> jar.endsWith(".jar"))
          .sorted()
          .collect(Collectors.joining(":"));
    }
  }
}
