package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatsdMetricsIT {
  private final UdpReceiver server = new UdpReceiver();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theDocumentedExamplesArriveByteForByte() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.increment("my_counter", 1, Map.of("model", "v1"));
      metrics.flush();
      metrics.gauge("my_gauge", 42, Map.of("model", "v1"));
      metrics.histogram("my_histogram", 100, Map.of("model", "v1"));
    }

    server.awaitLines(
        "my_counter:1|c|#model:v1", "my_gauge:42|g|#model:v1", "my_histogram:100|h|#model:v1");
  }

  @Test
  void tenThousandHistogramsAndACloseLoseNothing() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      for (int i = 0; i < 10_000; i++) {
        metrics.histogram("h", i);
      }
    }

    await().untilAsserted(() -> assertThat(server.lines()).hasSize(10_000));
    assertThat(server.datagrams()).allMatch(datagram -> datagram.length() <= 1_432);
    assertThat(server.sum("h")).isEqualTo(49_995_000);
  }

  @Test
  void aMillionIncrementsAreOneSumInAFewDatagrams() {
    StatsdMetrics metrics = StatsdMetrics.open(server.settings());
    for (int i = 0; i < 1_000_000; i++) {
      metrics.increment("n", Map.of("model", "v1"));
    }
    metrics.close();

    server.awaitSum("n", 1_000_000);
    assertThat(server.datagrams()).hasSizeLessThan(50);
  }

  @Test
  void eightThreadsAndFlushesBetweenThemSumUpExactly() throws Exception {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 10_000; i++) {
                        metrics.increment("n", 0.5);
                        metrics.increment("m");
                      }
                    }));
      }
      for (Thread thread : threads) {
        metrics.flush();
        thread.join();
      }
    }

    server.awaitSum("n", 40_000);
    server.awaitSum("m", 80_000);
  }

  @Test
  void flushMakesEverythingVisibleWithoutAClose() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.increment("n", 3);
      assertThat(metrics.flush()).isTrue();
      server.awaitLines("n:3|c");

      metrics.increment("n", 4);
      assertThat(metrics.flush()).isTrue();
      server.awaitLines("n:3|c", "n:4|c");
    }
  }

  @Test
  void countersLeaveWithoutAFlushToo() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.increment("n", 0);

      server.awaitLines("n:0|c");
    }
  }

  @Test
  void whatABatchPushedLeavesWithin50MillisecondsOfItsEnd() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      List<Duration> delays = new ArrayList<>();
      for (int batch = 1; batch <= 21; batch++) {
        metrics.increment("n");
        metrics.histogram("h", batch);
        long end = System.nanoTime();
        metrics.flushSoon();
        server.awaitSum("n", batch);
        server.awaitSum("h", batch * (batch + 1) / 2.0);
        delays.add(Duration.ofNanos(server.lastArrival() - end));
      }

      // The median: a busy machine may be late once.
      assertThat(delays.stream().sorted().toList().get(10)).isLessThan(Duration.ofMillis(50));
    }
  }

  @Test
  void manyShortBatchesShareDatagrams() {
    StatsdMetrics metrics = StatsdMetrics.open(server.settings());
    long start = System.nanoTime();
    for (int batch = 0; batch < 200_000; batch++) {
      metrics.increment("n");
      metrics.flushSoon();
    }
    metrics.close();
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();

    server.awaitSum("n", 200_000);
    // One every 20 ms, and those at the start and the end.
    assertThat((long) server.datagrams().size()).isLessThan(millis / 20 + 5);
  }

  @Test
  void aBatchThatPushedNothingSendsNothing() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.flushSoon();
      metrics.increment("n");
      metrics.flushSoon();
      server.awaitSum("n", 1);
      for (int batch = 0; batch < 1_000; batch++) {
        metrics.flushSoon();
      }
    }

    assertThat(server.datagrams()).containsExactly("n:1|c");
  }

  @Test
  void negativeGaugesArePrecededByZero() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.gauge("g", 10);
      metrics.gauge("g", -5);
      metrics.gauge("g", -0.0);
      metrics.gauge("g", -7);
    }

    server.awaitLines("g:10|g", "g:0|g", "g:-5|g", "g:0|g", "g:0|g", "g:-7|g");
  }

  @Test
  void theDatadogFlavourSendsNegativesAsTheyAre() {
    try (StatsdMetrics metrics =
        StatsdMetrics.open(server.settings().withFlavour(Flavour.DATADOG))) {
      metrics.gauge("g", -5);
      metrics.increment("n", -2);
    }

    server.awaitLines("g:-5|g", "n:-2|c");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e301})
  void valuesThatPoisonAMetricAreDropped(double value) {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.increment("n", value);
      metrics.gauge("g", value);
      metrics.histogram("h", value);
      metrics.flush();

      assertThat(metrics.stats().lost(Loss.VALUE)).isEqualTo(3);
    }

    assertThat(server.lines()).isEmpty();
  }

  @Test
  void aCounterOnlyGrows() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      metrics.increment("n", -1);

      assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.VALUE, 1L));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batchapi_x",
        "cortex_x",
        "istio_x",
        "cortex.x",
        "batchapi-x",
        "istio x",
        "cortex\nx"
      })
  void aNameOfThePlatformThrowsAtOnce(String name) {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings());
        StatsdMetrics unconfigured = StatsdMetrics.unconfigured()) {
      for (StatsdMetrics client : List.of(metrics, unconfigured)) {
        assertThatThrownBy(() -> client.increment(name))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("reserved");
        assertThatThrownBy(() -> client.gauge(name, 1))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.histogram(name, Double.NaN))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void anInterruptNeitherLosesTheMetricNorItself() {
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      Thread.currentThread().interrupt();
      metrics.histogram("h", 1);
      metrics.increment("n");
      metrics.flush();
      assertThat(Thread.interrupted()).isTrue();
    }

    server.awaitLines("h:1|h", "n:1|c");
  }

  @Test
  void afterCloseEverythingIsCountedAndNothingSent() {
    StatsdMetrics metrics = StatsdMetrics.open(server.settings());
    metrics.increment("n");
    metrics.close();
    metrics.close();
    metrics.increment("n");
    metrics.gauge("g", 1);

    assertThat(metrics.flush()).isFalse();
    assertThat(metrics.stats()).isEqualTo(new MetricsStats(1, Map.of(Loss.CLOSED, 2L)));
    server.awaitLines("n:1|c");
  }

  @Test
  void anUnknownHostThrowsNothingAndCountsWhatWasLost() {
    StatsdMetrics metrics = StatsdMetrics.open(MetricsSettings.of("no-such-host.invalid", 9125));
    metrics.gauge("g", 1);
    metrics.increment("n", 5);
    assertThat(metrics.flush()).isFalse();
    metrics.close();

    assertThat(metrics.stats()).isEqualTo(new MetricsStats(0, Map.of(Loss.NETWORK, 2L)));
  }

  @Test
  void nobodyListeningThrowsNothingAndRecoversWhenSomebodyDoes() {
    int port = server.port();
    server.close();
    try (StatsdMetrics metrics = StatsdMetrics.open(MetricsSettings.of("127.0.0.1", port))) {
      for (int i = 0; i < 1_000; i++) {
        metrics.histogram("h", 1);
      }
      metrics.flush();
      try (UdpReceiver late = new UdpReceiver(port)) {
        await()
            .untilAsserted(
                () -> {
                  metrics.increment("n");
                  metrics.flush();
                  assertThat(late.lines()).isNotEmpty();
                });
      }
    }
  }

  @Test
  void withoutAServerThereAreNoThreadsAndEveryPushIsCounted() {
    List<String> before = threads();
    try (StatsdMetrics metrics = StatsdMetrics.fromEnvironment(Map.of())) {
      metrics.increment("n");
      metrics.gauge("g", 1);
      metrics.histogram("h", 1);

      assertThat(threads()).isEqualTo(before);
      assertThat(metrics.flush()).isFalse();
      assertThat(metrics.stats().losses()).isEqualTo(Map.of(Loss.UNCONFIGURED, 3L));
    }
  }

  @Test
  void itHasOneThreadAndLittleDirectMemory() {
    try (StatsdMetrics other = StatsdMetrics.open(server.settings())) {
      other.histogram("warm", 1); // The receiver's own buffers.
      server.awaitSum("warm", 1);
    }
    long before = directMemory();
    try (StatsdMetrics metrics = StatsdMetrics.open(server.settings())) {
      for (int i = 0; i < 1_000; i++) {
        metrics.histogram("h", i, Map.of("i", "" + i % 100));
        metrics.increment("n", Map.of("i", "" + i % 100));
      }
      metrics.flush();

      assertThat(threads()).containsExactly("batchapi-metrics");
      assertThat(directMemory() - before).isLessThanOrEqualTo(64 << 10);
    }
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void closeLeavesNoThread() {
    StatsdMetrics metrics = StatsdMetrics.open(server.settings());
    metrics.increment("n");
    metrics.close();

    await()
        .untilAsserted(
            () -> assertThat(threads()).noneMatch(n -> n.startsWith("batchapi-metrics")));
  }

  @Test
  void manyThreadsMayCloseAtOnce() throws IOException, InterruptedException {
    StatsdMetrics metrics = StatsdMetrics.open(server.settings());
    metrics.increment("n", 7);
    AtomicBoolean failed = new AtomicBoolean();
    List<Thread> closers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread closer = Thread.ofPlatform().unstarted(metrics::close);
      closer.setUncaughtExceptionHandler((thread, e) -> failed.set(true));
      closer.start();
      closers.add(closer);
    }
    for (Thread closer : closers) {
      closer.join();
    }

    server.awaitLines("n:7|c");
    assertThat(failed).isFalse();
  }

  private static List<String> threads() {
    return Arrays.stream(allThreads())
        .map(Thread::getName)
        .filter(n -> n.startsWith("batchapi") || n.startsWith("StatsD"))
        .sorted()
        .toList();
  }

  private static Thread[] allThreads() {
    return Thread.getAllStackTraces().keySet().toArray(Thread[]::new);
  }
}
