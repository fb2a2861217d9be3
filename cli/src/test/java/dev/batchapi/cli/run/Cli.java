package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The command {@code batchapi} in a process of its own, as a person starts it. */
final class Cli {
  private static final Path DIST = Path.of("target", "dist").toAbsolutePath();
  private static final Duration BOUND = Duration.ofMinutes(5);
  private static final String MARK = "BATCHAPI_TEST_RUN";

  /** Runs a command on a terminal of a width and copies what comes to its screen. */
  private static final String TERMINAL =
      """
      import fcntl, os, pty, struct, sys, termios
      pid, terminal = pty.fork()
      if pid == 0:
          fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
          os.execvp(sys.argv[2], sys.argv[2:])
      while True:
          try:
              data = os.read(terminal, 4096)
          except OSError:
              break
          if not data:
              break
          os.write(1, data)
      os.waitpid(pid, 0)
      """;

  private final Path folder;
  private final @Nullable Path input;
  private final Map<String, String> env;

  Cli(Path folder) {
    this(folder, null, Map.of());
  }

  private Cli(Path folder, @Nullable Path input, Map<String, String> env) {
    this.folder = folder;
    this.input = input;
    this.env = env;
  }

  /** The same with what a program writes of a file into a pipe as its standard input. */
  Cli withInput(String file) {
    return new Cli(folder, folder.resolve(file), env);
  }

  /** The same in a shell with more variables. */
  Cli withEnv(Map<String, String> more) {
    return new Cli(folder, input, more);
  }

  /** What a run left. */
  record Result(int code, String out, String err) {

    /** Everything that was printed. */
    String all() {
      return out + err;
    }

    Result exits(int expected) {
      assertThat(code).as(all()).isEqualTo(expected);
      return this;
    }

    Result says(String... parts) {
      assertThat(all()).contains(parts);
      return this;
    }

    /** No stack trace of ours is an answer. */
    Result withoutOurFrames() {
      assertThat(all()).doesNotContain("at dev.batchapi.", "batchapi_session", "host.py\"");
      return this;
    }
  }

  /** Runs it to its end and checks that no process of it is left. */
  Result run(String... arguments) throws IOException, InterruptedException {
    try (var running = start(arguments)) {
      return running.result();
    }
  }

  Running start(String... arguments) throws IOException {
    var mark = UUID.randomUUID().toString();
    var out = Files.createTempFile("batchapi-out", ".txt");
    var err = Files.createTempFile("batchapi-err", ".txt");
    var builder =
        new ProcessBuilder(command(arguments))
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(env);
    builder.environment().put(MARK, mark);
    var process = builder.start();
    if (input != null) {
      try (var pipe = process.getOutputStream()) {
        Files.copy(input, pipe);
      }
    }
    return new Running(process, mark, out, err);
  }

  /**
   * Runs it on a terminal of its own.
   *
   * @return everything that came to the screen
   */
  String onTerminal(int columns, String... arguments) throws IOException, InterruptedException {
    return drivenBy(TERMINAL, Integer.toString(columns), arguments);
  }

  /**
   * Runs a program of Python's that starts the command on a terminal.
   *
   * @param first the program's first argument; the command follows it
   * @return everything that it prints
   */
  String drivenBy(String program, String first, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("python3", "-c", program, first));
    command.addAll(command(arguments));
    var screen = Files.createTempFile("batchapi-screen", ".txt");
    try {
      var process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(screen.toFile())
              .start();
      assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return Files.readString(screen);
    } finally {
      Files.delete(screen);
    }
  }

  private static List<String> command(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                // Whoever runs the tests in the background has Ctrl-C ignored, by all that follows.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dbatchapi.home=" + DIST,
                "-cp",
                DIST + "/lib/*:" + DIST + "/lib/cluster/*",
                "dev.batchapi.cli.BatchApiCommand"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** A run that is going on. */
  record Running(Process process, String mark, Path out, Path err) implements AutoCloseable {

    Result result() throws IOException, InterruptedException {
      var ended = process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
      var result = new Result(ended ? process.exitValue() : -1, text(out), text(err));
      assertThat(ended).as("ended within %s: %s", BOUND, result.all()).isTrue();
      assertThat(leftOver()).as("processes left behind").isEmpty();
      return result;
    }

    String outSoFar() {
      return text(out);
    }

    /** Processes that were started by this run, by a mark in their environment. */
    List<Long> leftOver() {
      return ProcessHandle.allProcesses()
          .filter(ProcessHandle::isAlive)
          .map(ProcessHandle::pid)
          .filter(pid -> pid != process.pid() && environment(pid).contains(mark))
          .toList();
    }

    private static String environment(long pid) {
      try {
        return Files.readString(Path.of("/proc", Long.toString(pid), "environ"), UTF_8);
      } catch (IOException e) {
        return "";
      }
    }

    private static String text(Path file) {
      try {
        return new String(Files.readAllBytes(file), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** Writes a file beside the manifests. */
  Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  /** A BatchAPI named {@code api} with this Python source inline, and a BatchJob {@code job}. */
  String python(String source, String apiSpec, String jobSpec) throws IOException {
    return manifest("python", source, apiSpec, jobSpec);
  }

  /** The same in Java. */
  String java(String source, String apiSpec, String jobSpec) throws IOException {
    return manifest("java", source, apiSpec, jobSpec);
  }

  private String manifest(String language, String source, String apiSpec, String jobSpec)
      throws IOException {
    file(
        "job.yaml",
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: api}
        spec:
          handler:
            %s:
              inline: |
        %s
          retry: {maxAttempts: 2, initialBackoffSeconds: 0, maxBackoffSeconds: 0}
        %s
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: job}
        spec:
          apiName: api
        %s
        """
            .formatted(language, source.indent(8), apiSpec.indent(2), jobSpec.indent(2)));
    return "job.yaml";
  }
}
