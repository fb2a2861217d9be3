package dev.batchapi.cli.run;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.runtime.host.JavaHostCommand;
import dev.batchapi.runtime.worker.ChildHosts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Starts the Java or the Python host as a child, its output copied to this process's as it is. */
final class Launchers {
  private static final Duration OUTPUT_TIME = Duration.ofSeconds(1);

  private final Queue<Thread> copying = new ConcurrentLinkedQueue<>();
  private final Path home;
  private final String python;
  private final Progress progress;
  private final @Nullable Debugging debugging;

  /**
   * @param home the folder with {@code python/} and {@code lib/}, the hosts
   * @param python the interpreter, a path or a name on the PATH
   * @param debugging not null: the child gets this process's terminal
   */
  Launchers(Path home, String python, Progress progress, @Nullable Debugging debugging) {
    this.debugging = debugging;
    // The host starts in another folder, where relative paths of this one mean something else.
    this.home = home.toAbsolutePath();
    this.python = python.contains("/") ? Path.of(python).toAbsolutePath().toString() : python;
    this.progress = progress;
  }

  /**
   * Starts hosts of a language in a place.
   *
   * @param label what each line of their output begins with; empty: their output is copied as it is
   */
  ChildHosts.Launcher launcher(RunSpec.Language language, LocalRun.Place place, String label) {
    return socket -> {
      var command =
          switch (language) {
            case PYTHON -> python(socket, place.code());
            case JAVA -> java(socket, place.code());
          };
      var builder = new ProcessBuilder(command).directory(place.folder().toFile());
      builder.environment().putAll(place.env());
      if (debugging != null) {
        return builder.inheritIO().start();
      }
      var process = builder.start();
      process.getOutputStream().close();
      copy(process.getInputStream(), output(System.out, label));
      copy(process.getErrorStream(), output(System.err, label));
      return process;
    };
  }

  private List<String> python(Path socket, Path code) throws IOException {
    var host = home.resolve("python").resolve("batchapi_start.py");
    if (!Files.exists(host)) {
      throw new IOException("the Python host is missing: " + host);
    }
    return List.of(
        python, "-u", host.toString(), "--socket", socket.toString(), "--code", code.toString());
  }

  private List<String> java(Path socket, Path code) throws IOException {
    var jar = JavaHostCommand.jar(home.resolve("lib"));
    var cache = home.resolve("java-host.aot");
    var command =
        JavaHostCommand.of(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            jar.toString(),
            isOf(cache, jar) ? cache : null,
            socket,
            code);
    return debugging == null ? command : debugging.java(command);
  }

  /** With a cache of an earlier build's classes the JVM would run those. */
  private static boolean isOf(Path cache, Path jar) throws IOException {
    return Files.exists(cache)
        && Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(jar)) >= 0;
  }

  private static OutputStream output(PrintStream to, String label) {
    return label.isEmpty() ? to : new LabelledLines(to, label);
  }

  private void copy(InputStream from, OutputStream to) {
    var thread =
        Thread.ofPlatform()
            .daemon()
            .name("host-output")
            .start(
                () -> {
                  try (from) {
                    var buffer = new byte[1 << 16];
                    for (var n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                      var length = n;
                      progress.above(() -> write(to, buffer, length));
                    }
                    progress.above(() -> flush(to));
                  } catch (IOException e) {
                    // The child has ended; what it wrote has been copied.
                  }
                });
    copying.add(thread);
  }

  private static void write(OutputStream to, byte[] bytes, int length) {
    try {
      to.write(bytes, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // None of a PrintStream, and both end in one.
    }
  }

  private static void flush(OutputStream to) {
    try {
      to.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until what the hosts wrote is printed; not for grandchildren that keep writing. */
  void awaitOutput() throws InterruptedException {
    for (var thread : copying) {
      thread.join(OUTPUT_TIME);
    }
  }
}
