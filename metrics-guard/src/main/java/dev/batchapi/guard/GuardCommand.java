package dev.batchapi.guard;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the guard's process is started. The one place that knows the options of its JVM. */
final class GuardCommand {
  /**
   * A small heap: at the limits it holds 20,000 names of 200 signs, four times each. When that is
   * not enough the process ends and is started again, rather than going on half.
   */
  static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-Xms8m",
          "-Xmx64m",
          "-Xss512k",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dorg.slf4j.simpleLogger.showDateTime=true",
          "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ssXXX",
          "-Dorg.slf4j.simpleLogger.showThreadName=false",
          "-Dorg.slf4j.simpleLogger.showShortLogName=true");

  private GuardCommand() {}

  /**
   * The lines of the image's argument file, printed by the jar that it names.
   *
   * @param home the folder that will hold {@code guard.aot}
   */
  static List<String> arguments(Path home) {
    List<String> arguments = new ArrayList<>();
    // In an argument file a single quote begins a quotation.
    JVM_OPTIONS.forEach(
        option -> arguments.add(option.contains("'") ? '"' + option + '"' : option));
    arguments.add("-XX:AOTCache=" + home.resolve("guard.aot"));
    arguments.addAll(
        List.of("-cp", System.getProperty("java.class.path"), GuardMain.class.getName()));
    return arguments;
  }
}
