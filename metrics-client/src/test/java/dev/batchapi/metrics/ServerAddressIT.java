package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Finding the server, and finding it again. */
class ServerAddressIT {
  private static final Duration LONG = Duration.ofHours(1);
  private final UdpReceiver server = new UdpReceiver();

  @AfterEach
  void stop() {
    server.close();
  }

  private static StatsdMetrics open(
      MetricsSettings settings, Resolver resolver, ChannelOpener opener, Duration rotation) {
    Losses losses = new Losses();
    return StatsdMetrics.open(
        settings,
        losses,
        new UdpTransport(
            losses,
            new Connection((StatsdAddress.Udp) settings.server(), resolver, opener, rotation)));
  }

  @Test
  void aHostThatAppearsLaterGetsEveryCount() {
    AtomicReference<InetAddress[]> found = new AtomicReference<>();
    Resolver resolver =
        host -> {
          if (found.get() == null) {
            throw new UnknownHostException(host);
          }
          return found.get();
        };
    try (StatsdMetrics metrics =
        open(
            MetricsSettings.of("statsd", server.port()), resolver, ChannelOpener::datagram, LONG)) {
      metrics.increment("n", 5);
      metrics.gauge("g", 1);
      assertThat(metrics.flush()).isFalse();

      found.set(new InetAddress[] {InetAddress.getLoopbackAddress()});

      server.awaitSum("n", 5);
      assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.NETWORK, 1L));
    }
  }

  @Test
  void aLookupThatHangsHoldsUpNobody() {
    CountDownLatch never = new CountDownLatch(1);
    Resolver resolver =
        host -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException(host);
        };
    StatsdMetrics metrics =
        open(MetricsSettings.of("statsd", server.port()), resolver, ChannelOpener::datagram, LONG);
    metrics.increment("n", 5);
    metrics.gauge("g", 1);
    assertThat(metrics.flush()).isFalse();
    metrics.close();
    never.countDown();

    assertThat(metrics.stats()).isEqualTo(new MetricsStats(0, Map.of(Loss.NETWORK, 2L)));
  }

  @Test
  void whileNobodyListensCountersWaitAndTheRestIsCounted() {
    int port = server.port();
    server.close();
    try (StatsdMetrics metrics = StatsdMetrics.open(MetricsSettings.of("127.0.0.1", port))) {
      metrics.gauge("g", 1);
      metrics.flush();
      await().untilAsserted(() -> assertThat(metrics.stats().lost(Loss.NETWORK)).isPositive());
      metrics.increment("n", 3);
      metrics.increment("n", 4);
      metrics.gauge("g", 2);
      assertThat(metrics.flush()).isFalse();
      assertThat(metrics.stats()).isEqualTo(new MetricsStats(0, Map.of(Loss.NETWORK, 2L)));

      try (UdpReceiver late = new UdpReceiver(port)) {
        late.awaitSum("n", 7);
        await()
            .untilAsserted(
                () ->
                    assertThat(late.allLines())
                        .contains("batchapi_metrics_dropped:2|c|#reason:network"));
        metrics.gauge("g", 3);
        await().untilAsserted(() -> assertThat(late.lines()).contains("g:3|g"));
      }
    }
  }

  @Test
  void followsAServerThatMoved() throws Exception {
    AtomicReference<InetAddress> address =
        new AtomicReference<>(InetAddress.ofLiteral("127.0.0.1"));
    try (StatsdMetrics metrics =
            open(
                MetricsSettings.of("statsd", server.port()),
                host -> new InetAddress[] {address.get()},
                ChannelOpener::datagram,
                Duration.ofMillis(100));
        UdpReceiver moved = new UdpReceiver(InetAddress.ofLiteral("127.0.0.2"), server.port())) {
      metrics.increment("n", 1);
      metrics.flush();
      server.awaitSum("n", 1);

      address.set(InetAddress.ofLiteral("127.0.0.2"));

      await()
          .untilAsserted(
              () -> {
                metrics.increment("n", 1);
                metrics.flush();
                assertThat(moved.lines()).isNotEmpty();
              });
    }
  }

  @Test
  void aNewSocketEveryMomentLosesNothingUnderLoad() throws InterruptedException {
    AtomicInteger sockets = new AtomicInteger();
    ChannelOpener opener =
        address -> {
          sockets.incrementAndGet();
          return ChannelOpener.datagram(address);
        };
    try (StatsdMetrics metrics =
        open(server.settings(), InetAddress::getAllByName, opener, Duration.ofMillis(1))) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 2_500 || sockets.get() < 3; i++) {
                        metrics.increment("n", Map.of("of", i < 2_500 ? "first" : "rest"));
                        if (i < 2_500) {
                          metrics.histogram("h", 1);
                        } else {
                          Thread.onSpinWait();
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      metrics.flush();

      await()
          .untilAsserted(
              () -> {
                assertThat(server.sum("h")).isEqualTo(10_000);
                assertThat(
                        server.lines().stream()
                            .filter(line -> line.endsWith("of:first"))
                            .mapToLong(line -> Long.parseLong(line.substring(2, line.indexOf('|'))))
                            .sum())
                    .isEqualTo(10_000);
              });
      assertThat(metrics.stats().losses()).isEmpty();
    }
  }

  @Test
  void aNetworkThatTakesNothingBlocksNobodyAndEverythingIsCounted() {
    StatsdMetrics metrics =
        open(server.settings(), InetAddress::getAllByName, address -> new StuckChannel(), LONG);
    for (int i = 0; i < 10_000; i++) {
      metrics.histogram("h", i);
      metrics.increment("n");
    }
    assertThat(metrics.flush()).isFalse();
    metrics.close();

    // One for each histogram, and one for the counter's sum.
    assertThat(metrics.stats()).isEqualTo(new MetricsStats(0, Map.of(Loss.NETWORK, 10_001L)));
  }

  @Test
  void aNetworkThatIsGoneForAWhileCostsNoCounts() {
    AtomicBoolean gone = new AtomicBoolean();
    ChannelOpener opener =
        address -> {
          if (gone.get()) {
            throw new IOException("Network is unreachable");
          }
          return new WeakChannel(ChannelOpener.datagram(address), gone);
        };
    try (StatsdMetrics metrics = open(server.settings(), InetAddress::getAllByName, opener, LONG)) {
      metrics.increment("n", 1);
      metrics.flush();
      server.awaitSum("n", 1);

      gone.set(true);
      for (int i = 0; i < 20; i++) {
        metrics.increment("n", 1);
        metrics.gauge("g", i);
        var _ = metrics.flush();
      }
      assertThat(metrics.flush()).isFalse();
      gone.set(false);

      server.awaitSum("n", 21);
      assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.NETWORK, 20L));
    }
  }

  /** A socket without a route while the network is gone. */
  private record WeakChannel(ByteChannel channel, AtomicBoolean gone) implements ByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      return channel.read(target); // Only asks what is known already.
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      if (gone.get()) {
        throw new IOException("Network is unreachable");
      }
      return channel.write(source);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** A socket whose buffer is full for ever. */
  private static final class StuckChannel implements ByteChannel {
    @Override
    public int read(ByteBuffer target) {
      return 0;
    }

    @Override
    public int write(ByteBuffer source) {
      return 0;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
