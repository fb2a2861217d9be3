package dev.batchapi.runtime.host;

import dev.batchapi.handler.JobSpec;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.runtime.protocol.Complete;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Handle;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A whole life of a host within one process, for the JVM to learn from ({@code
 * -XX:AOTCacheOutput}): once with a handler in source, once with it on a class path. Needs no
 * server, and a folder for temporary files.
 */
final class Training {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private Training() {}

  /**
   * Runs it; the process is to end by itself afterwards.
   *
   * @throws IOException if any step went wrong
   */
  static void run() throws IOException {
    var _ =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  LockSupport.parkNanos(BOUND.toNanos());
                  Runtime.getRuntime().halt(JavaHost.EXIT_NO_HANDLER);
                });
    Signals.leaveToTheWorker();
    Path folder = Files.createTempDirectory("batchapi-train");
    try {
      Path code = Files.createDirectory(folder.resolve("code"));
      Path source = code.resolve("Handler.java");
      Files.writeString(source, TrainingHandler.SOURCE);
      Path classes = Files.createDirectory(folder.resolve("classes"));
      var compiled = SourceCompiler.compile(List.of(source), ClassPath.of(List.of(), code), true);
      for (Map.Entry<String, byte[]> type : compiled.entrySet()) {
        Files.write(classes.resolve(type.getKey() + ".class"), type.getValue());
      }
      converse(folder.resolve("inline.sock"), code, List.of());
      Files.delete(source);
      converse(folder.resolve("classes.sock"), code, List.of(classes.toString()));
    } catch (HandlerInvalidException e) {
      throw new IOException(e);
    } finally {
      delete(folder);
    }
  }

  private static void converse(Path socket, Path code, List<String> classPath) throws IOException {
    var address = UnixDomainSocketAddress.of(socket);
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      FrameChannel host = Connecting.to(socket, BOUND);
      Conversation conversation =
          new Conversation(host, code, System.err, BindingLoader::ours, BOUND);
      Thread hosting = Thread.ofPlatform().daemon().start(conversation::run);
      try (FrameChannel worker = new FrameChannel(server.accept());
          DatagramSocket statsd = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
        work(worker, classPath, statsd.getLocalPort());
        hosting.join();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private static void work(FrameChannel worker, List<String> classPath, int statsd)
      throws IOException {
    var _ = Hello.decode(worker.read().expect(FrameType.HELLO));
    JobSpec job =
        new JobSpec(
            "uid",
            "job",
            "default",
            "api",
            "BatchAPI",
            1,
            Map.of("threshold", 0.5, "labels", List.of("a")),
            1,
            Instant.EPOCH);
    Start start =
        new Start(
            new Start.Handler("java", null, "Handler", classPath),
            job,
            Start.Limits.DEFAULT,
            new Start.Metrics("127.0.0.1:" + statsd, "prometheus", Map.of("team", "x"), List.of()));
    worker.write(FrameType.START, start.encode());
    expect(worker, FrameType.READY);
    for (int attempt = 1; attempt <= 20; attempt++) {
      ByteBuffer payload =
          utf8("[{\"id\": 1, \"name\": \"x\", \"size\": 1.5}, {\"id\": 2, \"size\": 0}]");
      Handle batch = new Handle(0, attempt, 0, "uid-0", payload);
      worker.write(FrameType.HANDLE, batch.header(), batch.payload());
      expect(worker, attempt % 10 == 9 ? FrameType.FAILED : FrameType.RESULT);
    }
    JobSummary summary = new JobSummary(1, 1, 0, 2, List.of());
    worker.write(FrameType.COMPLETE, new Complete(summary).encode());
    expect(worker, FrameType.RESULT);
    worker.write(FrameType.STOP);
  }

  private static void expect(FrameChannel worker, FrameType type) throws IOException {
    Frame frame = worker.read();
    if (frame.type() != type) {
      throw new ProtocolException(
          "%s in place of %s: %s"
              .formatted(frame.type(), type, new String(frame.body(), StandardCharsets.UTF_8)));
    }
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
