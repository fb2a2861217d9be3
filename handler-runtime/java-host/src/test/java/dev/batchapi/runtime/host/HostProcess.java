package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.batchapi.handler.BatchHandler;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.FrameChannel;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A real host in a process of its own. */
final class HostProcess implements AutoCloseable {
  private final Path folder;
  private final FakeWorker worker;
  private final Process process;

  /**
   * Starts one with this handler in a new folder below {@code parent}, and takes its connection.
   */
  HostProcess(Path parent, String source, String... jvmOptions) throws Exception {
    folder = Files.createTempDirectory(parent, "p");
    Path code = Files.createDirectory(folder.resolve("code"));
    Path file = Files.writeString(folder.resolve("Handler.java"), source);
    for (var type :
        SourceCompiler.compile(List.of(file), new ClassPath(List.of()), true).entrySet()) {
      Files.write(code.resolve(type.getKey() + ".class"), type.getValue());
    }
    worker = new FakeWorker(folder.resolve("s"));
    List<String> command =
        new ArrayList<>(JavaHostCommand.of(java(), classPath(), null, folder.resolve("s"), code));
    command.addAll(1, List.of(jvmOptions));
    process = start(folder, command);
    var _ = worker.accept();
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** What a host needs, and nothing of the tests. */
  static String classPath() throws Exception {
    Set<String> jars = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(
            JavaHost.class,
            BatchHandler.class,
            FrameChannel.class,
            StatsdMetrics.class,
            JsonProperty.class,
            JsonFactory.class,
            ObjectMapper.class,
            JavaTimeModule.class,
            Jdk8Module.class,
            org.slf4j.Logger.class,
            Class.forName("org.slf4j.simple.SimpleLogger"))) {
      jars.add(home(type));
    }
    return String.join(File.pathSeparator, jars);
  }

  private static String home(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  static Process start(Path folder, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  FakeWorker worker() {
    return worker;
  }

  Process process() {
    return process;
  }

  Path out() {
    return folder.resolve("out");
  }

  String errors() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  int exit() throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the host has ended").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    var _ = process.destroyForcibly();
    worker.close();
  }
}
