package dev.batchapi.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.PeerGoneException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The host as a process: how it starts, what it survives, and how it ends. */
@Timeout(120)
class JavaHostIT {
  private static final String LIVELY =
      Sources.handler(
              "String",
              """
              metrics.increment("batches", Map.of("text", payload.get(0)));
              switch (payload.get(0)) {
                case "exit" -> System.exit(3);
                case "halt" -> Runtime.getRuntime().halt(4);
                case "hang" -> {
                  Files.createFile(Path.of(payload.get(1)));
                  while (!Files.exists(Path.of(payload.get(2)))) {
                    try { Thread.sleep(10); } catch (InterruptedException e) { }
                  }
                }
                case "child" -> {
                  Process child = new ProcessBuilder("sh", "-c", "kill -TERM $$; echo alive").start();
                  return child.waitFor();
                }
                case "memory" -> {
                  List<long[]> all = new ArrayList<>();
                  while (true) all.add(new long[1 << 20]);
                }
                case "print" -> {
                  byte[] binary = new byte[1 << 20];
                  for (int i = 0; i < binary.length; i++) binary[i] = (byte) i;
                  for (int i = 0; i < 100; i++) System.out.write(binary);
                  System.out.flush();
                  System.err.println("to err");
                  System.out.close();
                  System.err.close();
                  System.setOut(null);
                }
                case "thread" -> {
                  Thread thread = Thread.ofPlatform().name("mine").start(() -> {
                    throw new IllegalStateException() {
                      @Override public String toString() { throw new IllegalArgumentException(); }
                    };
                  });
                  thread.join();
                }
                case "properties" -> { System.setProperties(new Properties()); System.setErr(null); }
              }
              return payload.get(0);
              """,
              """
              final MetricsClient metrics;
              public Handler(MetricsClient metrics) {
                this.metrics = metrics;
                Thread.ofPlatform().start(() -> { while (true) java.util.concurrent.locks.LockSupport.park(); });
              }
              @Override public void close() { metrics.increment("closed"); System.out.println("closed"); }
              """)
          .replace("BatchHandler<String, Object>", "BatchHandler<String, Object>, AutoCloseable")
          .replace("import java.util.*;", "import java.util.*; import java.nio.file.*;");

  @TempDir Path folder;

  @Test
  void aWholeLifeEndsWithCloseAndEveryMetricSent() throws Exception {
    try (var statsd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        var host = new HostProcess(folder, LIVELY)) {
      Hello hello = host.worker().hello();
      assertThat(hello)
          .isEqualTo(
              new Hello(
                  Hello.PROTOCOL, "java", hello.runtime(), host.process().pid(), false, true));
      assertThat(hello.runtime()).startsWith("Java 25");
      start(host, "127.0.0.1:" + statsd.getLocalPort());
      assertThat(host.worker().resultOf("[\"a\"]")).isEqualTo("\"a\"");
      assertThat(host.worker().resultOf("[\"child\"]")).as("a child's SIGTERM").isEqualTo("143");
      host.worker().complete();
      assertThat(host.worker().result()).isEmpty();
      host.worker().stop();
      host.worker().close();
      assertThat(host.exit()).isZero();
      assertThat(Files.readString(host.out())).isEqualTo("closed\n");
      assertThat(host.errors()).isEmpty();
      assertThat(received(statsd))
          .contains("batches:1|c|#team:vision,text:a", "closed:1|c|#team:vision");
    }
  }

  @Test
  void systemExitEndsTheHostWithItsCodeAndMetricsAreStillSent() throws Exception {
    try (var statsd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        var host = ready(statsd)) {
      host.worker().send("[\"exit\"]");
      assertThatExceptionOfType(PeerGoneException.class).isThrownBy(host.worker()::result);
      assertThat(host.exit()).isEqualTo(3);
      assertThat(received(statsd)).contains("batches:1|c|#team:vision,text:exit");
    }
  }

  @Test
  void haltIsTheEndOfFile() throws Exception {
    try (var host = ready(null)) {
      host.worker().send("[\"halt\"]");
      assertThatExceptionOfType(PeerGoneException.class).isThrownBy(host.worker()::result);
      assertThat(host.exit()).isEqualTo(4);
    }
  }

  @Test
  void signalsAreLeftToTheWorkerAndItsEndEndsAHandlerThatNeverReturns() throws Exception {
    try (var statsd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        var host = ready(statsd)) {
      hang(host, "one");
      for (String signal : List.of("TERM", "INT", "TERM")) {
        assertThat(
                new ProcessBuilder("kill", "-" + signal, "" + host.process().pid())
                    .start()
                    .waitFor())
            .isZero();
      }
      Files.createFile(folder.resolve("one-go"));
      assertThat(host.worker().result()).isEqualTo("\"hang\"");
      hang(host, "two");
      host.worker().close();
      assertThat(host.exit()).isEqualTo(70);
      assertThat(host.errors()).isEmpty();
      // The sums of a counter leave every second, so it may have come in two.
      assertThat(received(statsd))
          .containsAnyOf(
              "batches:2|c|#team:vision,text:hang",
              "batches:1|c|#team:vision,text:hang\nbatches:1|c|#team:vision,text:hang");
    }
  }

  @Test
  void outOfMemoryFailsTheAttemptAndSaysThatTheProcessIsBroken() throws Exception {
    try (var host = new HostProcess(folder, LIVELY, "-Xmx48m")) {
      host.worker().start("Handler", Map.of());
      var error = host.worker().ready().failureOf("[\"memory\"]");
      assertThat(error.reason()).isEqualTo(HandlerError.Reason.WorkerBroken);
      assertThat(error.type()).isEqualTo("java.lang.OutOfMemoryError");
      assertThat(error.stack()).contains("at Handler.handleBatch(Handler.java:");
      // The worker decides; a host that it lets go on does so.
      assertThat(host.worker().resultOf("[\"b\"]")).isEqualTo("\"b\"");
      host.worker().channel().write(FrameType.REPLACE);
      assertThat(host.exit()).isEqualTo(75);
    }
  }

  @Test
  void whatTheHandlerPrintsAndDoesToItsStreamsDoesNotMatter() throws Exception {
    try (var host = ready(null)) {
      assertThat(host.worker().resultOf("[\"print\"]")).isEqualTo("\"print\"");
      assertThat(host.worker().resultOf("[\"properties\"]")).isEqualTo("\"properties\"");
      assertThat(host.worker().resultOf("[\"b\"]")).isEqualTo("\"b\"");
      assertThat(Files.size(host.out())).isEqualTo(100L << 20);
      assertThat(host.errors()).endsWith("to err\n");
      host.worker().sendRaw("garbage".getBytes(UTF_8));
      assertThat(host.exit()).isEqualTo(70);
    }
  }

  @Test
  void aThreadThatTheAuthorStartedAndThatThrowsIsToldAndHarmsNothing() throws Exception {
    try (var host = ready(null)) {
      assertThat(host.worker().resultOf("[\"thread\"]")).isEqualTo("\"thread\"");
      assertThat(host.errors())
          .contains("Exception in thread \"mine\" Handler$1: (its message can't be read")
          .contains("\tat Handler.lambda$handleBatch$");
      host.worker().stop();
      assertThat(host.exit()).isZero();
    }
  }

  @Test
  void garbageFromTheWorkerIsNamedOnStandardError() throws Exception {
    try (var host = new HostProcess(folder, LIVELY)) {
      host.worker().sendRaw("garbage".getBytes(UTF_8));
      assertThat(host.exit()).isEqualTo(70);
      assertThat(host.errors())
          .isEqualTo(
              "batchapi host: the worker sent what is not the protocol: a frame of 1734439522 bytes; the limit is 4194304\n");
    }
  }

  @Test
  void aWorkerThatGoesBeforeItStartsIsGone() throws Exception {
    try (var host = new HostProcess(folder, LIVELY)) {
      var _ = host.worker().hello();
      host.worker().close();
      assertThat(host.exit()).isEqualTo(70);
      assertThat(host.errors()).isEmpty();
    }
  }

  @Test
  void aWorkerMayListenLater() throws Exception {
    Process process =
        run("--socket", folder.resolve("late").toString(), "--code", folder.toString());
    try {
      assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
      try (var worker = new FakeWorker(folder.resolve("late"))) {
        assertThat(worker.accept().hello().pid()).isEqualTo(process.pid());
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      var _ = process.destroyForcibly();
    }
  }

  @Test
  void aWorkerThatNeverListensIsGivenUp() throws Exception {
    Process process =
        run(
            "--socket",
            folder.resolve("no").toString(),
            "--code",
            folder.toString(),
            "--connect-seconds",
            "1");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(70);
    assertThat(Files.readString(folder.resolve("err")))
        .startsWith(
            "batchapi host: can't reach the worker: no worker listened at "
                + folder
                + "/no for 1 s (");
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    for (Map.Entry<List<String>, String> wrong :
        Map.of(
                List.<String>of(), "--socket is missing",
                List.of("--socket", "x"), "--code is missing",
                List.of("--socket", "x", "--code", "/no/where"), "--code /no/where is not a folder",
                List.of("--sock", "x"), "unknown option --sock",
                List.of("--socket", "x", "--code", "/", "--connect-seconds", "soon"),
                    "--connect-seconds soon is not a number")
            .entrySet()) {
      Process process = run(wrong.getKey().toArray(String[]::new));
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(64);
      assertThat(Files.readString(folder.resolve("err")))
          .startsWith("batchapi host: " + wrong.getValue() + "; usage: ");
    }
    Process process = run("--socket", "x".repeat(200), "--code", "/");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(70);
    assertThat(Files.readString(folder.resolve("err")))
        .contains("the socket's path is longer than 107 bytes: xxx");
  }

  @Test
  void aTrainingRunEndsByItselfAndSaysNothing() throws Exception {
    Process process = run("--train");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("err"))).isEmpty();
    assertThat(Files.readString(folder.resolve("out"))).isEmpty();
    assertThat(process.exitValue()).isZero();
  }

  private HostProcess ready(@Nullable DatagramSocket statsd) throws Exception {
    HostProcess host = new HostProcess(folder, LIVELY);
    var _ = host.worker().hello();
    start(host, statsd == null ? null : "127.0.0.1:" + statsd.getLocalPort());
    return host;
  }

  private static void start(HostProcess host, @Nullable String statsd) throws IOException {
    host.worker()
        .channel()
        .write(FrameType.START, FakeWorker.startOf("Handler", Map.of(), statsd).encode());
    var _ = host.worker().ready();
  }

  private void hang(HostProcess host, String name) throws IOException {
    Path running = folder.resolve(name + "-running");
    host.worker().send("[\"hang\", \"%s\", \"%s-go\"]".formatted(running, folder.resolve(name)));
    await().until(() -> Files.exists(running));
  }

  private Process run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(HostProcess.java().toString()));
    command.addAll(JavaHostCommand.JVM_OPTIONS);
    command.addAll(List.of("-cp", HostProcess.classPath(), JavaHost.class.getName()));
    command.addAll(List.of(arguments));
    return HostProcess.start(folder, command);
  }

  private static String received(DatagramSocket statsd) throws IOException {
    statsd.setSoTimeout((int) Duration.ofMillis(200).toMillis());
    StringBuilder all = new StringBuilder();
    byte[] buffer = new byte[65_536];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        statsd.receive(packet);
        all.append(new String(buffer, 0, packet.getLength(), UTF_8)).append('\n');
      }
    } catch (java.net.SocketTimeoutException everything) {
      return all.toString();
    }
  }
}
