package dev.batchapi.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.handler.JobSpec;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.runtime.protocol.Complete;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Handle;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Hello;
import dev.batchapi.runtime.protocol.Invalid;
import dev.batchapi.runtime.protocol.Items;
import dev.batchapi.runtime.protocol.Permits;
import dev.batchapi.runtime.protocol.Start;
import dev.batchapi.runtime.protocol.Want;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The worker's end of the socket, in the words of a test. */
final class FakeWorker implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path socket;
  private @Nullable SocketChannel raw;
  private @Nullable FrameChannel channel;

  FakeWorker(Path socket) throws IOException {
    this.socket = socket;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  Path socket() {
    return socket;
  }

  FakeWorker accept() throws IOException {
    server.configureBlocking(false);
    var end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    var accepted = server.accept();
    while (accepted == null) {
      assertThat(System.nanoTime()).as("a host connects within a minute").isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
      accepted = server.accept();
    }
    raw = accepted;
    channel = new FrameChannel(accepted);
    return this;
  }

  FrameChannel channel() {
    return Objects.requireNonNull(channel, "accept first");
  }

  void sendRaw(byte[] bytes) throws IOException {
    SocketChannel accepted = Objects.requireNonNull(raw, "accept first");
    assertThat(accepted.write(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
  }

  Hello hello() throws IOException {
    return Hello.decode(channel().read().expect(FrameType.HELLO));
  }

  /** Takes the host's HELLO and starts this handler. */
  void start(String className, Map<String, @Nullable Object> config, String... classPath)
      throws IOException {
    startPushing(className, config, null, "prometheus", classPath);
  }

  /** The same with a StatsD server. */
  void startPushing(
      String className,
      Map<String, @Nullable Object> config,
      @Nullable String statsd,
      String flavour,
      String... classPath)
      throws IOException {
    assertThat(hello().language()).isEqualTo("java");
    channel()
        .write(FrameType.START, startOf(className, config, statsd, flavour, classPath).encode());
  }

  static Start startOf(
      String className, Map<String, @Nullable Object> config, @Nullable String statsd) {
    return startOf(className, config, statsd, "prometheus");
  }

  static Start startOf(
      String className,
      Map<String, @Nullable Object> config,
      @Nullable String statsd,
      String flavour,
      String... classPath) {
    return new Start(
        new Start.Handler("java", "Handler.java", className, List.of(classPath), false, 1),
        new JobSpec(
            "uid-1",
            "photos-monday",
            "vision",
            "photo-tagger",
            "BatchAPI",
            4,
            config,
            113,
            Instant.parse("2026-01-01T00:00:00Z")),
        Start.Limits.DEFAULT,
        new Start.Metrics(statsd, flavour, Map.of("team", "vision"), List.of("batchapi_")));
  }

  /** A handler whose lists have one result for each item, and so many items at once. */
  void startPerItem(String className, int concurrency) throws IOException {
    startPerItem(className, concurrency, false);
  }

  /** The same of a job with a rate limit. */
  void startRated(String className, int concurrency) throws IOException {
    startPerItem(className, concurrency, true);
  }

  private void startPerItem(String className, int concurrency, boolean rated) throws IOException {
    assertThat(hello().language()).isEqualTo("java");
    var start = startOf(className, Map.of(), null);
    var handler =
        new Start.Handler("java", "Handler.java", className, List.of(), true, concurrency, rated);
    channel()
        .write(
            FrameType.START,
            new Start(handler, start.jobSpec(), start.limits(), start.metrics()).encode());
  }

  /** Hands over some items of a batch, which failed before. */
  void again(int attempt, long firstItem, List<Integer> positions, String payload)
      throws IOException {
    var bytes = ByteBuffer.wrap(payload.getBytes(UTF_8));
    Handle batch = new Handle(7, attempt, 0, firstItem, positions, List.of(), "uid-1-7", bytes);
    channel().write(FrameType.HANDLE, batch.header(), batch.payload());
  }

  Want wanted() throws IOException {
    return Want.decode(read(FrameType.WANT));
  }

  void permit(int count, long deadline) throws IOException {
    channel().write(FrameType.PERMITS, new Permits(count, deadline).encode());
  }

  Items items() throws IOException {
    return Items.decode(read(FrameType.ITEMS));
  }

  Items itemsOf(String payload) throws IOException {
    send(payload);
    return Items.decode(read(FrameType.ITEMS));
  }

  FakeWorker ready() throws IOException {
    Frame frame = channel().read();
    assertThat(frame.type()).as(() -> new String(frame.body(), UTF_8)).isEqualTo(FrameType.READY);
    return this;
  }

  String invalid() throws IOException {
    return Invalid.decode(read(FrameType.INVALID)).message();
  }

  HandlerError broken() throws IOException {
    return HandlerError.decode(read(FrameType.BROKEN));
  }

  void send(String payload) throws IOException {
    send(0, 1, 0, payload);
  }

  void send(int index, int attempt, long deadline, String payload) throws IOException {
    Handle batch =
        new Handle(
            index, attempt, deadline, "uid-1-" + index, ByteBuffer.wrap(payload.getBytes(UTF_8)));
    channel().write(FrameType.HANDLE, batch.header(), batch.payload());
  }

  String result() throws IOException {
    return new String(read(FrameType.RESULT), UTF_8);
  }

  HandlerError failed() throws IOException {
    return HandlerError.decode(read(FrameType.FAILED));
  }

  /** The result of one batch. */
  String resultOf(String payload) throws IOException {
    send(payload);
    return result();
  }

  /** The error of one batch. */
  HandlerError failureOf(String payload) throws IOException {
    send(payload);
    return failed();
  }

  void complete() throws IOException {
    JobSummary summary = new JobSummary(3, 2, 1, 4, List.of("uid-1-2"));
    channel().write(FrameType.COMPLETE, new Complete(summary).encode());
  }

  void stop() throws IOException {
    channel().write(FrameType.STOP);
  }

  private byte[] read(FrameType type) throws IOException {
    Frame frame = channel().read();
    assertThat(frame.type()).as(() -> new String(frame.body(), UTF_8)).isEqualTo(type);
    return frame.body();
  }

  /** As if the worker's process had ended. */
  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
    server.close();
  }
}
