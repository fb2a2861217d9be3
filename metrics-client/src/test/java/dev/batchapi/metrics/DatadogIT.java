package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The promises of docs/metrics.md where java-dogstatsd-client sends. */
class DatadogIT {
  @TempDir Path folder;

  enum Way {
    UDP,
    UNIX
  }

  private Receiver start(Way way) {
    return switch (way) {
      case UDP -> new UdpReceiver();
      case UNIX -> new UnixReceiver(folder.resolve("dsd.socket"));
    };
  }

  private static MetricsSettings settings(Receiver server) {
    return server.settings().withFlavour(Flavour.DATADOG);
  }

  /** Without what tells the origin. */
  private static List<String> pushed(Receiver server) {
    Function<String, String> strip = line -> line.replaceAll("\\|c:[^|]*", "");
    return server.lines().stream().map(strip).toList();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void everyKindArrivesAsItWasPushed(Way way) {
    try (Receiver server = start(way);
        StatsdMetrics metrics = StatsdMetrics.open(settings(server).withTags(Map.of("a", "b")))) {
      metrics.increment("n", -2.5, Map.of("model", "v1"));
      metrics.gauge("g", -7);
      metrics.histogram("h", 1e-7);
      metrics.distribution("d", 1e15 + 0.5, Map.of());
      assertThat(metrics.flush()).isTrue();

      await().untilAsserted(() -> assertThat(server.lines()).hasSize(4));
      assertThat(pushed(server))
          .containsExactlyInAnyOrder(
              "n:-2.5|c|#a:b,model:v1",
              "g:-7|g|#a:b",
              "h:0.0000001|h|#a:b",
              "d:1000000000000000.5|d|#a:b");
      assertThat(metrics.stats()).isEqualTo(new MetricsStats(4, Map.of()));
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void nothingIsLostWhenItIsClosedAtOnce(Way way) {
    try (Receiver server = start(way)) {
      StatsdMetrics metrics = StatsdMetrics.open(settings(server));
      for (int i = 0; i < 5_000; i++) {
        metrics.increment("n");
        metrics.histogram("h", 1);
      }
      metrics.close();
      metrics.increment("n");

      server.awaitSum("n", 5_000);
      server.awaitSum("h", 5_000);
      assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.CLOSED, 1L));
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void datagramsAreShared(Way way) {
    try (Receiver server = start(way);
        StatsdMetrics metrics = StatsdMetrics.open(settings(server))) {
      for (int i = 0; i < 2_000; i++) {
        metrics.histogram("h", 1);
      }
      server.awaitSum("h", 2_000);
      assertThat(server.datagrams()).hasSizeLessThan(1_000);
      int most = way == Way.UDP ? WireRules.MAX_LINE_BYTES + 2 : 8_192;
      assertThat(server.datagrams()).allMatch(datagram -> datagram.length() <= most);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whatABatchPushedLeavesSoon(Way way) {
    try (Receiver server = start(way);
        StatsdMetrics metrics = StatsdMetrics.open(settings(server))) {
      metrics.increment("n");
      metrics.flushSoon();

      server.awaitSum("n", 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void anInterruptIsNeitherLostNorLosesAMetric(Way way) {
    try (Receiver server = start(way);
        StatsdMetrics metrics = StatsdMetrics.open(settings(server))) {
      Thread.currentThread().interrupt();
      metrics.increment("n");
      metrics.histogram("h", 1);
      assertThat(metrics.flush()).isTrue();
      assertThat(Thread.interrupted()).isTrue();

      server.awaitSum("n", 1);
      server.awaitSum("h", 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theGuardsStandBeforeTheLibrary(Way way) {
    try (Receiver server = start(way);
        StatsdMetrics metrics = StatsdMetrics.open(settings(server).withMaxSeries(3))) {
      metrics.histogram("a\nevil:1|c", 1, Map.of("k,x:y", "v|@0.001\n"));
      metrics.histogram("nan", Double.NaN);
      metrics.histogram("b", 1);
      metrics.histogram("third", 1);
      assertThat(metrics.flush()).isTrue();

      await().untilAsserted(() -> assertThat(server.lines()).hasSizeGreaterThanOrEqualTo(2));
      assertThat(pushed(server))
          .filteredOn(line -> !line.startsWith("batchapi_metrics_"))
          .containsExactly("a_evil_1_c:1|h|#k_x_y:v__0.001_", "b:1|h");
    }
  }

  @Test
  void countersWaitForASocketThatIsNotThereYet() throws Exception {
    Path socket = folder.resolve("dsd.socket");
    try (StatsdMetrics metrics = StatsdMetrics.open(MetricsSettings.parse("unix://" + socket))) {
      metrics.increment("n", 5);
      metrics.gauge("g", 1);
      assertThat(metrics.flush()).isFalse();
      metrics.increment("n", 2);
      assertThat(metrics.flush()).isFalse();

      try (UnixReceiver server = new UnixReceiver(socket)) {
        server.awaitSum("n", 7);
        assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.NETWORK, 1L));
        server.awaitSum("batchapi_metrics_dropped", 1);
      }
    }
  }

  @Test
  void anAgentThatIsRestartedIsFoundAgain() throws Exception {
    Path socket = folder.resolve("dsd.socket");
    try (StatsdMetrics metrics = StatsdMetrics.open(MetricsSettings.parse("unix://" + socket))) {
      try (UnixReceiver server = new UnixReceiver(socket)) {
        metrics.increment("n", 1);
        server.awaitSum("n", 1);
      }
      metrics.increment("n", 2);
      assertThat(metrics.flush()).isFalse();
      Files.deleteIfExists(socket);
      metrics.increment("n", 3);

      try (UnixReceiver server = new UnixReceiver(socket)) {
        server.awaitSum("n", 5);
        metrics.gauge("g", 1);
        server.awaitSum("g", 1);
      }
    }
  }

  @Test
  void anAgentThatTakesNothingHoldsNobodyUp() throws Exception {
    try (UnixReceiver server = new UnixReceiver(folder.resolve("dsd.socket"))) {
      StatsdMetrics metrics = StatsdMetrics.open(server.settings());
      metrics.increment("n");
      server.awaitSum("n", 1);
      signal(server, "STOP");
      for (int i = 0; i < 100_000; i++) {
        metrics.histogram("h", 1);
      }
      // Only that it ends: how soon is the machine's affair. Without a bound it would wait for
      // ever.
      assertThat(metrics.flush()).isFalse();
      metrics.close();
      signal(server, "CONT");

      MetricsStats stats = metrics.stats();
      assertThat(stats.lost(Loss.NETWORK)).isPositive();
      // Nothing is unaccounted for.
      assertThat(stats.sent() + stats.dropped()).isGreaterThanOrEqualTo(100_001);
    }
  }

  @Test
  void anAgentThatPausesGetsAll() throws Exception {
    try (UnixReceiver server = new UnixReceiver(folder.resolve("dsd.socket"));
        StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.increment("n");
      server.awaitSum("n", 1);
      signal(server, "STOP");
      for (int i = 0; i < 30_000; i++) {
        metrics.histogram("h", 1);
      }
      LockSupport.parkNanos(Duration.ofMillis(400).toNanos());
      signal(server, "CONT");

      server.awaitSum("h", 30_000);
      assertThat(metrics.stats().losses()).isEmpty();
    }
  }

  private static void signal(UnixReceiver server, String signal) throws Exception {
    long pid = server.process().pid();
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  @Test
  void theServerIsLookedUpAnew() throws Exception {
    try (UdpReceiver before = new UdpReceiver();
        UdpReceiver moved = new UdpReceiver(InetAddress.ofLiteral("127.0.0.2"), before.port())) {
      var address = new AtomicReference<>(InetAddress.ofLiteral("127.0.0.1"));
      MetricsSettings settings =
          MetricsSettings.of("agent", before.port()).withFlavour(Flavour.DATADOG);
      Losses losses = new Losses();
      Resolver resolver = _ -> new InetAddress[] {address.get()};
      CarriedTransport transport =
          new CarriedTransport(
              losses,
              way -> new Dogstatsd(settings.server(), way, resolver, Duration.ofMillis(100)));
      try (StatsdMetrics metrics = StatsdMetrics.open(settings, losses, transport)) {
        metrics.increment("n", 1);
        assertThat(metrics.flush()).isTrue();
        before.awaitSum("n", 1);

        address.set(InetAddress.ofLiteral("127.0.0.2"));

        await()
            .untilAsserted(
                () -> {
                  metrics.increment("n", 1);
                  assertThat(metrics.flush()).isTrue();
                  assertThat(moved.sum("n")).isPositive();
                });
        assertThat(metrics.stats().losses()).isEmpty();
      }
    }
  }

  @Test
  void anUnknownHostHarmsNothing() {
    StatsdMetrics metrics =
        StatsdMetrics.open(
            MetricsSettings.of("no-such-host.invalid", 8125).withFlavour(Flavour.DATADOG));
    metrics.increment("n", 1);
    metrics.gauge("g", 1);
    assertThat(metrics.flush()).isFalse();
    metrics.close();
    assertThat(metrics.stats()).isEqualTo(new MetricsStats(0, Map.of(Loss.NETWORK, 2L)));
  }
}
