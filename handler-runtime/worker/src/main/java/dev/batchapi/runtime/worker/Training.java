package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.contract.WorkerVariable;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker's life within one process, for the JVM to learn from ({@code -XX:AOTCacheOutput}). The
 * worker is the real one, from its settings to its exit; a host and a NATS server are played by
 * threads, so that an image's build needs no server.
 */
final class Training {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int BATCHES = 20;
  private static final String JOB = "train";

  private static final String RUN =
      """
      {"job":{"uid":"train","name":"job","namespace":"default","apiName":"api","workers":1,
        "startTime":"2026-01-01T00:00:00Z"},
       "handler":{"language":"python","file":"handler.py","inCodeFolder":true,
         "className":"Handler","classpath":["lib/*.jar"]},
       "config":{"threshold":0.5,"labels":["a",null],"deep":{"on":true,"k":1}},
       "batchSize":1,"items":20,"totalBatches":20,
       "retry":{"maxAttempts":3,"initialBackoffSeconds":1,"maxBackoffSeconds":60},
       "timeouts":{"startupSeconds":60,"batchSeconds":60},"maxFailedBatches":1,
       "metrics":{"tags":{"team":"x"}}}
      """;

  /** Opens nothing: a seed of zeros. */
  private static final String CREDENTIALS =
      """
      -----BEGIN NATS USER JWT-----
      training
      ------END NATS USER JWT------

      -----BEGIN USER NKEY SEED-----
      SUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEQ
      ------END USER NKEY SEED------
      """;

  private Training() {}

  /**
   * Runs it; the process is to end by itself afterwards.
   *
   * @throws IllegalStateException if the worker did not do its work: nothing was learnt
   */
  static void run() throws IOException, InterruptedException {
    Thread.ofPlatform().daemon().start(Training::endInAnyCase);
    var folder = Files.createTempDirectory("batchapi-train");
    var run = Files.writeString(folder.resolve("run.json"), RUN);
    var credentials = Files.writeString(folder.resolve("nats.creds"), CREDENTIALS);
    var socket = folder.resolve("host.sock");
    var lastWords = folder.resolve("last-words");
    try (var server = new TrainingServer(JOB, BATCHES)) {
      Thread.ofPlatform().daemon().start(() -> playHost(socket));
      var exit =
          WorkerMain.run(
              WorkerSettings.from(
                  Map.of(
                      WorkerVariable.RUN, run.toString(),
                      WorkerVariable.SOCKET, socket.toString(),
                      WorkerVariable.NATS_URL, server.url(),
                      WorkerVariable.NATS_CREDENTIALS, credentials.toString(),
                      WorkerVariable.STATSD, "127.0.0.1:9",
                      WorkerVariable.LEASE_SECONDS, "15",
                      WorkerVariable.TERMINATION_LOG, lastWords.toString())));
      if (exit.reason() != WorkerExit.Reason.DONE) {
        throw new IllegalStateException("The training failed: " + exit.message());
      }
    } finally {
      for (var file : new Path[] {run, credentials, lastWords, folder}) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void endInAnyCase() {
    LockSupport.parkNanos(BOUND.toNanos());
    Runtime.getRuntime().halt(WorkerExit.Reason.UNEXPECTED.code());
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

  /** The worker's socket, once it listens. */
  private static SocketChannel open(Path socket) throws IOException {
    while (true) {
      var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
      } catch (IOException e) {
        channel.close();
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
    }
  }
}
