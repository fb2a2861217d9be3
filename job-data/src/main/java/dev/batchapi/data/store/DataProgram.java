package dev.batchapi.data.store;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the processes of splitter and collector are started. The one place that knows the options of
 * their JVMs.
 *
 * <p>The heap's limit is for large batches. What lives as long as a store's answer finds room in
 * the young generation, so that the old one stays small where batches are. Both compilers: the
 * first alone makes TLS ten times slower. But the second one may not take 40 MiB to compile a
 * method of a store's library, nor keep all that it has ever compiled. What either has used and
 * does not need goes back to the machine: the old generation's, and the compilers'.
 *
 * @param main its main class
 * @param heapMib the limit of its heap
 */
public record DataProgram(Class<?> main, int heapMib) {
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-Xms20m",
          "-Xmn8m",
          "-XX:SurvivorRatio=2",
          "-XX:TargetSurvivorRatio=90",
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=30",
          "-XX:-ShrinkHeapInSteps",
          "-XX:TrimNativeHeapInterval=1000",
          "-XX:ReservedCodeCacheSize=16m",
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=MemLimit,*.*,1M~stop",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED",
          // At each write it warns of a header that the JDK sets itself.
          "-Dorg.slf4j.simpleLogger.log.com.azure.core.http.jdk.httpclient=error");

  /**
   * An image's argument file, printed by the jar that it names.
   *
   * @param home the folder with the libraries of stores, in {@code lib-files}
   */
  public List<String> arguments(Path home) throws IOException {
    try (var jars = Files.list(home.resolve("lib-files"))) {
      var behind = jars.map(Path::toString).sorted().collect(joining(":"));
      return arguments(System.getProperty("java.class.path") + ":" + behind);
    }
  }

  /** The same for any class path. */
  public List<String> arguments(String classPath) {
    var arguments = new ArrayList<>(JVM_OPTIONS);
    arguments.addAll(List.of("-Xmx" + heapMib + "m", "-cp", classPath, main.getName()));
    return arguments;
  }
}
