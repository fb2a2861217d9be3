package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is pushed, what leaves is well-formed, and the real exporter reads all of it. */
public class RandomPushesIT {
  private static final String[] PIECES = {
    "a",
    "B",
    "9",
    "_",
    ".",
    "-",
    ":",
    "|",
    "#",
    ",",
    "@",
    "\n",
    "\r",
    "\0",
    "\t",
    " ",
    "/",
    "=",
    ";",
    "[",
    "]",
    "{",
    "\"",
    "\\",
    "%",
    "ä",
    "中",
    "𝔸",
    "\ud800",
    "\udc00",
    "\u202e",
    "\u0300",
    "\ufeff",
    "|c",
    "|@0.0000001",
    ":1|c",
    "le",
    "quantile",
    "__name__",
    "job",
    "go_",
    "process.",
    "statsd-",
    "up",
    "_sum",
    "_count",
    "_bucket",
    "batchapi_",
    "cortex",
    "x".repeat(300)
  };
  private static final double[] VALUES = {
    0,
    -0.0,
    1,
    -1,
    0.1,
    1e-7,
    1e15,
    1e300,
    -1e300,
    1e301,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Long.MAX_VALUE,
    123.456
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyDatagramIsWellFormed(long seed) {
    try (UdpReceiver server = new UdpReceiver();
        StatsdMetrics metrics =
            StatsdMetrics.open(
                server.settings().withMaxSeries(100_000).withTags(Map.of("team", "a|b")))) {
      pushRandomly(new Random(seed), metrics, 300_000);
      metrics.flush();

      // Again and again: the receiver may have no room for the first one.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                metrics.gauge("last", 1);
                metrics.flush();
                return server.lines().contains("last:1|g|#team:a_b");
              });
      assertThat(server.allLines()).hasSizeGreaterThan(1_000).allMatch(WireLine::isWellFormed);
      assertThat(server.datagrams())
          .allMatch(datagram -> datagram.getBytes(StandardCharsets.UTF_8).length <= 1_400);
    }
  }

  @Test
  void theExporterReadsEverything() throws Exception {
    try (Exporter exporter = new Exporter();
        StatsdMetrics metrics = StatsdMetrics.open(exporter.settings().withMaxSeries(5_000))) {
      pushRandomly(new Random(4), metrics, 100_000);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                metrics.increment("n_last", 1);
                metrics.gauge("last", 1);
                metrics.flush();
                assertThat(exporter.value("last") + exporter.value("n_last")).isPositive();
              });

      assertThat(exporter.complaints()).isEmpty();
      assertThat(exporter.value("statsd_exporter_samples_total")).isGreaterThan(1_000);
      assertThat(exporter.scrape())
          .noneMatch(line -> line.endsWith("NaN") && line.contains("_sum"));
      assertThat(exporter.alive()).isTrue();
    }
  }

  /** Names, tags and values of every kind, also such as no handler should push. */
  public static void pushRandomly(Random random, StatsdMetrics metrics, int pushes) {
    metrics.gauge("last", 0); // So that its series is within the limit.
    metrics.increment("n_last", 0);
    for (int i = 0; i < pushes; i++) {
      String name = text(random);
      double value =
          random.nextBoolean() ? random.nextGaussian() : VALUES[random.nextInt(VALUES.length)];
      Map<String, String> tags = new HashMap<>();
      for (int tag = random.nextInt(4); tag > 0; tag--) {
        tags.put(
            random.nextInt(20) == 0 ? null : text(random),
            random.nextInt(20) == 0 ? null : text(random));
      }
      try {
        switch (random.nextInt(3)) {
          case 0 -> metrics.increment(name, value, tags);
          case 1 -> metrics.gauge(name, value, tags);
          default -> metrics.histogram(name, value, tags);
        }
      } catch (IllegalArgumentException e) {
        assertThat(MetricName.clean(name)).matches("(batchapi|cortex|istio)[_.-].*");
      }
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int piece = random.nextInt(4); piece >= 0; piece--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }
}
