package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.batchapi.crds.run.RunSpec;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.input.CountInput;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamWorkQueue;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker's life within one process, for the JVM to learn from ({@code -XX:AOTCacheOutput}): a
 * host and a NATS server are played by threads, so that an image's build needs no server.
 */
final class Training {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int BATCHES = 20;

  private Training() {}

  /** Runs it; the process is to end by itself afterwards. */
  static void run() throws IOException, InterruptedException {
    Thread.ofPlatform().daemon().start(Training::endInAnyCase);
    var folder = Files.createTempDirectory("batchapi-train");
    var run = RunSpec.read(spec().toJson());
    try (var socket = new HostSocket(folder.resolve("host.sock"));
        var metrics = StatsdMetrics.open(MetricsSettings.parse("127.0.0.1:9"));
        var queue = new MemoryQueue()) {
      greetServer(run.job().uid());
      Thread.ofPlatform().daemon().start(() -> playHost(socket.path()));
      queue.enqueue(run.job().uid(), new CountInput(BATCHES, 1));
      queue.onChange(
          job -> {
            if (queue.counts(job).done() == BATCHES) {
              queue.end(job, new End(Verdict.Complete, "", Instant.now()));
              queue.retire(job);
            }
          });
      var hosts = new AwaitedHosts(socket, Starts.of(run, null), metrics, BOUND, Optional.empty());
      new Worker(Worker.Assignment.of(run), queue.worker(run.job().uid()), hosts).run();
    } finally {
      Files.delete(folder);
    }
  }

  private static void endInAnyCase() {
    LockSupport.parkNanos(BOUND.toNanos());
    Runtime.getRuntime().halt(WorkerExit.Reason.UNEXPECTED.code());
  }

  private static RunSpec spec() {
    return new RunSpec(
        new RunSpec.Job("train", "job", "default", "api", 1, Instant.EPOCH.toString()),
        new RunSpec.Handler(RunSpec.Language.PYTHON, "handler.py", true, "Handler", List.of()),
        JsonNodeFactory.instance.objectNode().put("threshold", 0.5),
        1,
        BATCHES,
        BATCHES,
        new RunSpec.Retry(3, 1, 60),
        new RunSpec.Timeouts(null, 60, null),
        null,
        new RunSpec.Metrics(null, Map.of("team", "x")));
  }

  /** Answers as a handler's host does. */
  private static void playHost(Path socket) {
    try (var channel = new FrameChannel(open(socket))) {
      channel.write(FrameType.HELLO, new Hello(Hello.PROTOCOL, "python", "training", 1).encode());
      while (true) {
        switch (channel.read().type()) {
          case START -> channel.write(FrameType.READY, "{}".getBytes(UTF_8));
          case HANDLE -> {
            channel.write(
                FrameType.METRIC,
                new Metric(Metric.Kind.COUNTER, 1, "seen", Map.of("a", "b")).encode());
            channel.write(FrameType.RESULT, "[1]".getBytes(UTF_8));
          }
          default -> {
            return;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SocketChannel open(Path socket) throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return channel;
  }

  /** Connects to a server that greets, and says no more: the queue gives up after a second. */
  private static void greetServer(String job) throws IOException, InterruptedException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> playServer(server));
      var access = new NatsAccess("nats://127.0.0.1:" + server.getLocalPort(), null, "train");
      var settings = JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(1));
      try (var queue = JetStreamWorkQueue.connect(access, job, settings)) {
        var _ = queue.lease(Duration.ofMillis(100));
      } catch (QueueUnavailableException e) {
        // As expected of a server that does not answer.
      }
    }
  }

  private static void playServer(ServerSocket server) {
    try (var socket = server.accept()) {
      var out = socket.getOutputStream();
      out.write(
          "INFO {\"server_id\":\"T\",\"version\":\"2.15.2\",\"proto\":1,\"headers\":true,\"max_payload\":1048576,\"jetstream\":true}\r\n"
              .getBytes(UTF_8));
      out.flush();
      var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("PING")) {
          out.write("PONG\r\n".getBytes(UTF_8));
          out.flush();
        }
      }
    } catch (IOException e) {
      // The queue has gone.
    }
  }
}
