package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.runtime.host.JavaHostCommand;
import dev.batchapi.runtime.worker.WorkerCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker and its host as two processes, as in a pod's two containers: a folder for the socket is
 * all that they share.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Path DIST = Path.of("target", "dist").toAbsolutePath();

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private final Path folder;
  private final Process worker;
  private final Process host;

  private WorkerProcess(Path folder, Process worker, Process host) {
    this.folder = folder;
    this.worker = worker;
    this.host = host;
  }

  /** Batches of one item each: its index. */
  static Batches numbers(int batches) {
    return Batches.of(batches, index -> ("[" + index + "]").getBytes(UTF_8));
  }

  /**
   * Starts both.
   *
   * @param run the frozen run as JSON
   * @param code the folder with the handler's source
   */
  static WorkerProcess start(NatsAccess nats, byte[] run, Path code, String... env)
      throws IOException {
    return start(nats, run, code, List.of(), env);
  }

  /** Starts both, the host by what stands before its command. */
  static WorkerProcess start(
      NatsAccess nats, byte[] run, Path code, List<String> below, String... env)
      throws IOException {
    var folder = Files.createTempDirectory(Path.of("/tmp"), "worker");
    var socket = folder.resolve("host.sock");
    Files.write(folder.resolve("run.json"), run);
    var worker =
        new ProcessBuilder(workerCommand(run, List.of(env)))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("worker.log").toFile());
    worker
        .environment()
        .putAll(
            Map.of(
                "BATCHAPI_RUN", folder.resolve("run.json").toString(),
                "BATCHAPI_SOCKET", socket.toString(),
                "BATCHAPI_NATS_URL", nats.servers(),
                "BATCHAPI_NATS_CREDENTIALS", Objects.requireNonNull(nats.credentials()).toString(),
                "BATCHAPI_LEASE_SECONDS", "5",
                "BATCHAPI_TERMINATION_LOG", folder.resolve("last-words").toString()));
    for (var i = 0; i < env.length; i += 2) {
      worker.environment().put(env[i], env[i + 1]);
    }
    var started = worker.start();
    var command = new ArrayList<>(below);
    command.addAll(hostCommand(language(run), socket, code));
    var host =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("host.log").toFile());
    return new WorkerProcess(folder, started, host.start());
  }

  private static List<String> workerCommand(byte[] run, List<String> env) throws IOException {
    if (new String(run, UTF_8).contains("\"files\":{")) {
      return DataProgram.command("worker", "--print-files-args");
    }
    return env.stream().anyMatch(value -> value.startsWith("unix://"))
        ? WorkerCommand.withUnixSockets(
            JAVA, jar("worker"), DIST.resolve("lib-unix"), cache("worker.aot"))
        : WorkerCommand.of(JAVA, jar("worker"), cache("worker.aot"));
  }

  private static String language(byte[] run) {
    return new String(run, UTF_8).contains("\"language\":\"java\"") ? "java" : "python";
  }

  /** A host, not started yet: the command of {@link #hostCommand}. */
  static ProcessBuilder host(String language, Path socket, Path code) throws IOException {
    return new ProcessBuilder(hostCommand(language, socket, code));
  }

  /** How a host is started that nobody starts again. */
  static List<String> hostCommand(String language, Path socket, Path code) throws IOException {
    return language.equals("java")
        ? JavaHostCommand.of(JAVA, jar("java-host"), cache("java-host.aot"), socket, code)
        : List.of(
            "python3",
            "-u",
            DIST.resolve("python/batchapi_start.py").toString(),
            "--socket",
            socket.toString(),
            "--code",
            code.toString());
  }

  private static String jar(String program) throws IOException {
    try (var jars = Files.newDirectoryStream(DIST.resolve("lib"), program + "-[0-9]*.jar")) {
      return jars.iterator().next().toString();
    }
  }

  private static @Nullable Path cache(String name) {
    var cache = DIST.resolve(name);
    return Files.exists(cache) ? cache : null;
  }

  Process worker() {
    return worker;
  }

  Process host() {
    return host;
  }

  void signal(Process process, String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  /** The worker's exit code. */
  int exitCode() throws InterruptedException {
    if (!worker.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the worker did not end:\n" + log());
    }
    return worker.exitValue();
  }

  /** The host's exit code. */
  int hostExitCode() throws InterruptedException {
    if (!host.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the host did not end:\n" + log());
    }
    return host.exitValue();
  }

  String lastWords() throws IOException {
    return Files.readString(folder.resolve("last-words"));
  }

  /** What the worker has logged, without its host's output. */
  String workerLog() throws IOException {
    return Files.readString(folder.resolve("worker.log"));
  }

  String log() {
    try {
      return Files.readString(folder.resolve("worker.log"))
          + new String(Files.readAllBytes(folder.resolve("host.log")), UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws IOException {
    worker.destroyForcibly().onExit().join();
    host.destroyForcibly().onExit().join();
    delete(folder);
  }

  static void delete(Path tree) throws IOException {
    try (var files = Files.walk(tree)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
