package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.contract.WorkerVariable;
import dev.batchapi.queue.jetstream.NatsAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A splitter or a collector as the image starts it: a process of its own. */
final class DataProgram {
  private static final Path DIST = Path.of("target", "dist").toAbsolutePath();
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private DataProgram() {}

  /**
   * What came of one.
   *
   * @param exitCode its process's
   * @param peak the most memory that it had resident, in MiB
   * @param took from its start to its end
   * @param log what it wrote
   */
  record Run(int exitCode, double peak, Duration took, String log) {}

  /**
   * Runs one to its end, with the JVM's options of the property {@code options} behind its own.
   *
   * @param name {@code splitter} or {@code collector}
   * @param folder for its log and last words
   */
  static Run run(String name, NatsAccess nats, Map<String, String> env, Path folder)
      throws IOException, InterruptedException {
    var log = folder.resolve(name + ".log");
    var command = command(name, "--print-args");
    var more = System.getProperty("options", "");
    if (!more.isEmpty()) {
      command.addAll(command.size() - 1, List.of(more.split(" ")));
    }
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(env);
    builder
        .environment()
        .putAll(
            Map.of(
                WorkerVariable.NATS_URL, nats.servers(),
                WorkerVariable.NATS_CREDENTIALS,
                    Objects.requireNonNull(nats.credentials()).toString(),
                WorkerVariable.TERMINATION_LOG, folder.resolve("last-words").toString()));
    var began = System.nanoTime();
    var process = builder.start();
    var peak = 0.0;
    while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, peak(process));
    }
    var took = Duration.ofNanos(System.nanoTime() - began);
    return new Run(process.exitValue(), peak, took, Files.readString(log));
  }

  /**
   * How the image's argument file starts a program.
   *
   * @param print by which the program prints that file
   */
  static List<String> command(String name, String print) throws IOException {
    var main =
        "dev.batchapi.runtime.%s.%sMain"
            .formatted(name, Character.toUpperCase(name.charAt(0)) + name.substring(1));
    var printing =
        new ProcessBuilder(JAVA, "-cp", jar(name).toString(), main, print, DIST.toString()).start();
    var command = new ArrayList<String>();
    command.add(JAVA);
    command.addAll(new String(printing.getInputStream().readAllBytes(), UTF_8).lines().toList());
    if (printing.onExit().join().exitValue() != 0) {
      throw new IOException("the arguments of the %s can't be printed".formatted(name));
    }
    return command;
  }

  private static Path jar(String name) throws IOException {
    try (var jars = Files.newDirectoryStream(DIST.resolve("lib"), name + "-[0-9]*.jar")) {
      return jars.iterator().next();
    }
  }

  /** The most memory that a process has had resident so far, in MiB; 0 of one that has ended. */
  static double peak(Process process) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
