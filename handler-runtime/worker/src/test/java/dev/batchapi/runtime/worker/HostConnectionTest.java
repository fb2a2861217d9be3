package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the worker's own machine does to a host that keeps to the protocol. */
@Timeout(30)
class HostConnectionTest {
  @TempDir private Path folder;

  @Test
  void aFullDiskIsTheWorkersFaultAndNotTheHostsEnd() throws Exception {
    var address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        var host = new FrameChannel(SocketChannel.open(address));
        var metrics = StatsdMetrics.unconfigured()) {
      var process = new Killed();
      var connection =
          HostConnection.listen(
              new FrameChannel(server.accept()),
              process,
              new MetricFrames(metrics),
              1 << 20,
              () -> {
                throw new IOException("No space left on device");
              });
      connection.expect(HostConnection.Due.ANSWER);
      host.write(FrameType.PART, "[1".getBytes(UTF_8));
      assertThatThrownBy(connection::take)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("The worker's own disk does not hold a result: No space left on device");
      assertThat(process.kills).hasPositiveValue();
      assertThat(connection.gone()).isPresent();
    }
  }

  private static final class Killed implements HostProcess {
    private final AtomicInteger kills = new AtomicInteger();

    @Override
    public void kill() {
      kills.incrementAndGet();
    }

    @Override
    public boolean awaitEnd(Duration atMost) {
      return true;
    }

    @Override
    public String howItEnded() {
      return "exit code 137";
    }
  }
}
