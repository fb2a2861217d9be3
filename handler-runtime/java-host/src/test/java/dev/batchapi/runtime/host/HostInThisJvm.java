package dev.batchapi.runtime.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A host without a process of its own: everything but its start and its end. */
final class HostInThisJvm implements AutoCloseable {
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(2);

  private final Path code;
  private final FakeWorker worker;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  /** Starts one in a new folder below {@code folder}. */
  HostInThisJvm(Path folder) throws IOException {
    Path own = Files.createTempDirectory(folder, "h");
    code = Files.createDirectory(own.resolve("code"));
    worker = new FakeWorker(own.resolve("s"));
    var channel = Connecting.to(worker.socket(), Duration.ofSeconds(5));
    var errors = new PrintStream(said, true, StandardCharsets.UTF_8);
    var _ =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    exit.complete(
                        new Conversation(channel, code, errors, BindingLoader::ours, CLOSE_BOUND)
                            .run()));
    var _ = worker.accept();
  }

  HostInThisJvm with(String file, String source) throws IOException {
    Files.writeString(code.resolve(file), source);
    return this;
  }

  Path code() {
    return code;
  }

  FakeWorker worker() {
    return worker;
  }

  int exit() {
    return exit.orTimeout(60, TimeUnit.SECONDS).join();
  }

  String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    worker.close();
    var _ = exit();
  }
}
