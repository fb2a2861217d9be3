package dev.batchapi.runtime.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FrameChannelIT {
  @TempDir Path folder;
  private final ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new);
  private SocketChannel raw;
  private FrameChannel sender;
  private FrameChannel receiver;

  @BeforeEach
  void connect() throws IOException {
    var address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      raw = SocketChannel.open(address);
      sender = new FrameChannel(raw);
      receiver = new FrameChannel(server.accept());
    }
  }

  @AfterEach
  void close() throws IOException {
    sender.close();
    receiver.close();
    threads.close();
  }

  @Test
  void framesOfEverySizeArriveAsSent() throws Exception {
    int limit = FrameChannel.MAX_FRAME_BYTES - 1;
    List<Integer> sizes = new ArrayList<>(List.of(0, 1, 65_531, 65_536, 65_537, 1 << 20, limit));
    var random = new Random(1);
    random.ints(200, 0, 200_000).forEach(sizes::add);
    random.ints(500, 0, 200).forEach(sizes::add);
    Future<?> writing =
        threads.submit(
            () -> {
              for (int size : sizes) {
                byte[] body = bodyOf(size);
                int cut = size / 3;
                sender.write(
                    FrameType.HANDLE,
                    ByteBuffer.wrap(body, 0, cut),
                    ByteBuffer.wrap(body, cut, size - cut));
              }
              return null;
            });
    for (int size : sizes) {
      Frame frame = receiver.read();
      assertThat(frame.type()).isEqualTo(FrameType.HANDLE);
      assertThat(frame.body()).isEqualTo(bodyOf(size));
    }
    writing.get();
  }

  @Test
  void framesOfManyThreadsDoNotMix() throws Exception {
    int writers = 8;
    int each = 500;
    List<Future<?>> writing = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      byte[] body = "x".repeat(writer * 700 + 1).getBytes(UTF_8);
      Callable<?> write =
          () -> {
            for (int i = 0; i < each; i++) {
              sender.write(FrameType.METRIC, body);
            }
            return null;
          };
      writing.add(threads.submit(write));
    }
    Map<Integer, Integer> seen = new HashMap<>();
    for (int i = 0; i < writers * each; i++) {
      seen.merge(receiver.read().body().length, 1, Integer::sum);
    }
    for (Future<?> writer : writing) {
      writer.get();
    }
    assertThat(seen)
        .hasSize(writers)
        .allSatisfy((size, count) -> assertThat(count).isEqualTo(each));
  }

  @Test
  void theEndOfTheStreamSaysWhetherAFrameWasCut() throws Exception {
    sender.write(FrameType.STOP);
    raw.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 9, 7, 1}));
    sender.close();
    assertThat(receiver.read().type()).isEqualTo(FrameType.STOP);
    assertThatExceptionOfType(PeerGoneException.class)
        .isThrownBy(receiver::read)
        .withMessage("the other side closed the connection in the middle of a frame");
  }

  @Test
  void aPeerThatClosedIsGoneForReaderAndWriter() throws Exception {
    sender.close();
    assertThatExceptionOfType(PeerGoneException.class)
        .isThrownBy(receiver::read)
        .withMessage("the other side closed the connection");
    assertThatExceptionOfType(PeerGoneException.class)
        .isThrownBy(() -> receiver.write(FrameType.RESULT, new byte[10]))
        .withMessageStartingWith("the other side is gone");
  }

  @Test
  void aPeerThatGoesWhileMuchIsWrittenIsGone() throws Exception {
    Future<?> writing =
        threads.submit(
            () -> {
              sender.write(FrameType.HANDLE, new byte[4_000_000]);
              return null;
            });
    receiver.close();
    assertThatThrownBy(writing::get).hasCauseInstanceOf(PeerGoneException.class);
  }

  @Test
  void closingHereEndsAReaderThatWaits() throws Exception {
    Future<Frame> reading = threads.submit(receiver::read);
    receiver.close();
    assertThatThrownBy(reading::get).hasCauseInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aLengthThatCannotBeIsRefused() throws Exception {
    raw.write(ByteBuffer.wrap("HTTP/1.1 200 OK".getBytes(UTF_8)));
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(receiver::read)
        .withMessage("a frame of 1213486160 bytes; the limit is 4194304");
  }

  @Test
  void aFrameWithoutATypeIsRefused() throws Exception {
    raw.write(ByteBuffer.wrap(new byte[4]));
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(receiver::read)
        .withMessage("a frame of 0 bytes; the limit is 4194304");
  }

  @Test
  void anUnknownTypeIsRefused() throws Exception {
    raw.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, (byte) 200}));
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(receiver::read)
        .withMessage("a frame of unknown type 200");
  }

  @Test
  void aFrameOverTheLimitIsNotSent() throws Exception {
    assertThatThrownBy(() -> sender.write(FrameType.RESULT, new byte[FrameChannel.MAX_FRAME_BYTES]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RESULT of 4194305 bytes is over the limit");
    sender.write(FrameType.READY, "{}".getBytes(UTF_8));
    assertThat(receiver.read().expect(FrameType.READY)).isEqualTo("{}".getBytes(UTF_8));
  }

  @Test
  void aFrameOutOfTurnNamesBoth() throws Exception {
    sender.write(FrameType.STOP);
    Frame frame = receiver.read();
    assertThatThrownBy(() -> frame.expect(FrameType.HELLO))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("a frame STOP came where HELLO was due");
  }

  private static byte[] bodyOf(int size) {
    byte[] body = new byte[size];
    new Random(size).nextBytes(body);
    return body;
  }
}
