package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.handler.JobSpec;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.Items;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker's end of the socket, with a host at the other that doesn't keep to the protocol. */
@Timeout(60)
class SocketHostIT {
  private static final int LIMIT = 6 << 20;
  private static final byte[] READY = "{}".getBytes(UTF_8);
  private Path folder;
  private HostSocket socket;
  private @Nullable FrameChannel other;

  @BeforeEach
  void listen() throws IOException {
    folder = Files.createTempDirectory(Path.of("/tmp"), "socket");
    socket = new HostSocket(folder.resolve("s"));
  }

  @AfterEach
  void close() throws IOException {
    other().close();
    socket.close();
    Files.delete(folder);
  }

  @Test
  void aSecondAnswerEndsTheConnectionAndIsNotTakenForTheNextBatchs() throws Exception {
    var host = ready(false);
    var first = handle(host);
    other().read();
    other().write(FrameType.RESULT, "[1]".getBytes(UTF_8));
    other().write(FrameType.RESULT, "[666]".getBytes(UTF_8));
    assertThat(first.join()).isInstanceOf(Answer.Result.class);
    await().until(() -> !host.alive());
    assertThat(handle(host).join()).isInstanceOf(Answer.NeverStarted.class);
  }

  @Test
  void anAnswerThatNobodyAskedForEndsTheConnection() throws Exception {
    for (var type : List.of(FrameType.RESULT, FrameType.FAILED, FrameType.READY, FrameType.HELLO)) {
      var host = ready(false);
      other().write(type, READY);
      await().until(() -> !host.alive());
      assertThat(handle(host).join()).isInstanceOf(Answer.NeverStarted.class);
    }
  }

  private static byte[] list(int bytes) {
    return ("[\"" + "x".repeat(bytes) + "\",7]").getBytes(UTF_8);
  }

  private static String text(ResultJson json) {
    return new String(json.toBytes(), UTF_8);
  }

  @Test
  void aLargeResultComesInPartsAndIsKeptInAFile() throws Exception {
    var host = ready(false);
    for (var bytes : List.of(300_000, 1_500_000, 5_000_000)) {
      var answer = handle(host);
      other().read();
      other().writeAnswer(FrameType.RESULT, new byte[0], ByteBuffer.wrap(list(bytes)));
      try (var large = (Answer.Large) answer.join()) {
        assertThat(text(ResultJson.of(large.json().value())))
            .isEqualTo(new String(list(bytes), UTF_8));
      }
    }
    var small = handle(host);
    other().read();
    other().write(FrameType.RESULT, "[1]".getBytes(UTF_8));
    assertThat(small.join()).isInstanceOf(Answer.Result.class);
  }

  @Test
  void resultsOfItemsOfWhichSomeFailedComeInPartsToo() throws Exception {
    var host = ready(false);
    var answer = handle(host);
    other().read();
    var error = new HandlerError(HandlerError.Reason.HandlerFailed, "E", "bad", "");
    var head = Items.head(new TreeMap<>(Map.of(1, error)), 1000, 1000);
    other().writeAnswer(FrameType.ITEMS, head, ByteBuffer.wrap(list(3_000_000)));
    try (var items = (Answer.Items) answer.join()) {
      assertThat(items.errors()).containsOnlyKeys(1);
      assertThat(items.results()).hasSize(2);
      assertThat(text(items.results().get(1))).isEqualTo("7");
      assertThat(items.results().getFirst().bytes()).isEqualTo(3_000_002);
    }
  }

  @Test
  void aLargeResultThatIsNoJsonIsNoSuccess() throws Exception {
    var host = ready(false);
    for (var bad : List.of("[", "]", "\u0000", " 1")) {
      var answer = handle(host);
      other().read();
      var json = (new String(list(2_000_000), UTF_8) + bad).getBytes(UTF_8);
      other().writeAnswer(FrameType.RESULT, new byte[0], ByteBuffer.wrap(json));
      assertThat(answer.join())
          .isInstanceOfSatisfying(
              Answer.Failed.class,
              failed -> assertThat(failed.error().message()).contains("The result is no JSON"));
    }
    var answer = handle(host);
    other().read();
    var json = list(2_000_000);
    json[1_000_000] = (byte) 0xFF;
    other().writeAnswer(FrameType.RESULT, new byte[0], ByteBuffer.wrap(json));
    assertThat(((Answer.Failed) answer.join()).error().message()).contains("not UTF-8");
  }

  @Test
  void moreThanThereMayBeEndsTheConnection() throws Exception {
    var host = ready(false);
    var answer = handle(host);
    other().read();
    assertThatThrownBy(
            () -> {
              for (var sent = 0; sent <= LIMIT; sent += FrameChannel.PART_BYTES) {
                other().write(FrameType.PART, new byte[FrameChannel.PART_BYTES]);
                Thread.sleep(1);
              }
              other().read();
            })
        .isInstanceOf(IOException.class);
    assertThat(answer.join()).isInstanceOf(Answer.Died.class);
  }

  @Test
  void aPartThatNobodyAskedForEndsTheConnection() throws Exception {
    var host = ready(false);
    other().write(FrameType.PART, READY);
    await().until(() -> !host.alive());
  }

  @Test
  void aResultThatIsNoJsonIsNoSuccess() throws Exception {
    var host = ready(false);
    var answer = handle(host);
    other().read();
    other().write(FrameType.RESULT, "{\"score\": NaN}".getBytes(UTF_8));
    assertThat(answer.join())
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.error().reason().name()).isEqualTo("ResultInvalid"));
    assertThat(host.alive()).isTrue();
  }

  @Test
  void aHostThatIsReplacedIsFollowedByTheNextOneAtTheSameSocket() throws Exception {
    var hosts = hosts();
    var first = start(hosts, true);
    assertThat(first.replaceable()).isTrue();
    var replaced = CompletableFuture.runAsync(first::replace);
    assertThat(other().read().type()).isEqualTo(FrameType.REPLACE);
    other().close();
    replaced.join();
    var second = start(hosts, true);
    var answer = handle(second);
    other().read();
    other().write(FrameType.RESULT, "[2]".getBytes(UTF_8));
    assertThat(answer.join()).isInstanceOf(Answer.Result.class);
  }

  @Test
  void aHostThatIsBrokenSaysSo() throws Exception {
    var host = ready(true);
    var answer = handle(host);
    other().read();
    other()
        .write(
            FrameType.FAILED,
            "{\"reason\":\"WorkerBroken\",\"type\":\"RuntimeError\",\"message\":\"CUDA\",\"stack\":\"\"}"
                .getBytes(UTF_8));
    assertThat(answer.join())
        .isInstanceOfSatisfying(
            Answer.Broke.class, broke -> assertThat(broke.error().message()).isEqualTo("CUDA"));
  }

  private FrameChannel other() {
    return Objects.requireNonNull(other, "no host has connected");
  }

  private Host ready(boolean replaceable) throws Exception {
    return start(hosts(), replaceable);
  }

  private AwaitedHosts hosts() {
    var start =
        new Start(
            new Start.Handler("python", "handler.py", "Handler", List.of()),
            new JobSpec("uid", "job", "default", "api", "BatchAPI", 1, Map.of(), 1, Instant.EPOCH),
            Start.Limits.DEFAULT.withResultBytes(LIMIT),
            new Start.Metrics(null, "prometheus", Map.of(), List.of()));
    return new AwaitedHosts(
        socket,
        start,
        StatsdMetrics.unconfigured(),
        () -> {},
        Duration.ofSeconds(30),
        Optional.empty());
  }

  private Host start(AwaitedHosts hosts, boolean replaceable) throws Exception {
    var started =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return hosts.start();
              } catch (HostStartException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    other = new FrameChannel(SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("s"))));
    other()
        .write(
            FrameType.HELLO, new Hello(Hello.PROTOCOL, "python", "test", 1, replaceable).encode());
    assertThat(other().read().type()).isEqualTo(FrameType.START);
    other().write(FrameType.READY, READY);
    return started.join();
  }

  private static CompletableFuture<Answer> handle(Host host) {
    return CompletableFuture.supplyAsync(
        () ->
            host.handle(
                new Call("b-0", 0, 0, List.of(), 1, Optional.empty(), "[0]".getBytes(UTF_8))));
  }
}
