package dev.batchapi.cli.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdMetrics;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatsdListenerIT {
  private StatsdListener listener;

  @BeforeEach
  void listen() throws IOException {
    listener = StatsdListener.open(Flavour.PROMETHEUS);
  }

  @AfterEach
  void stop() {
    listener.close();
  }

  @Test
  void showsWhatTheMetricsClientPushed() {
    try (StatsdMetrics metrics = StatsdMetrics.open(MetricsSettings.parse(listener.address()))) {
      for (int i = 1; i <= 1_000; i++) {
        metrics.increment("images_tagged", 2, Map.of("model", "v1"));
        metrics.histogram("decode_seconds", i);
      }
      metrics.gauge("queue_length", 7);
      metrics.gauge("drift", -3);
      metrics.flush();

      // A counter is sent every second, so it may be in more than one sample.
      List<MetricRow> rows = listener.snapshot();

      assertThat(rows)
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("samples", "quantiles")
          .containsExactly(
              histogram("decode_seconds", 1_000, 500_500, 1, 500.5, 1_000),
              single("drift", MetricType.GAUGE, noTags(), -3),
              single("images_tagged", MetricType.COUNTER, tags("model", "v1"), 2_000),
              single("queue_length", MetricType.GAUGE, noTags(), 7));
    }
    assertThat(listener.malformed()).isZero();
  }

  @Test
  void sumsCountersBySeriesWhateverTheOrderOfTheirTags() throws IOException {
    send("n:1|c|#a:1,b:2\nn:2.5|c|#b:2,a:1\nn:1|c|@0.1\n");

    assertThat(listener.snapshot())
        .containsExactly(
            new MetricRow(
                "n",
                MetricType.COUNTER,
                tags("a", "1", "b", "2"),
                2,
                3.5,
                3.5,
                3.5,
                3.5,
                0,
                Quantiles.NONE),
            single("n", MetricType.COUNTER, noTags(), 10));
  }

  @Test
  void quantilesAreWithinHalfAPercent() throws IOException {
    for (var i = 1; i <= 1_000; i++) {
      send("decode:%d|h".formatted(i));
    }
    send("same:7|h\nsame:7|h\nbelow:-5|h|@0.01\nbelow:3|h");
    var rows = listener.snapshot();
    var below = rows.get(0);
    assertThat(below.count()).isEqualTo(101);
    assertThat(below.quantiles().p50()).isCloseTo(-5, withinPercentage(0.5));
    var decode = rows.get(1).quantiles();
    assertThat(decode.p50()).isCloseTo(500, withinPercentage(0.6));
    assertThat(decode.p95()).isCloseTo(950, withinPercentage(0.6));
    assertThat(decode.p99()).isCloseTo(990, withinPercentage(0.6));
    assertThat(rows.get(2).quantiles()).isEqualTo(new Quantiles(7, 7, 7));
  }

  @Test
  void whatArrivedIsServedInPrometheusText() throws Exception {
    send("photos.seen:3|c|#model:v1\nphotos.seen:1|c\nleft:-2|g\nsize:4|h");
    try (var page = MetricsPage.open(0, listener);
        var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:%d/metrics".formatted(page.port()));
      var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(answer.body())
          .isEqualTo(
              """
              # TYPE left gauge
              left -2
              # TYPE photos_seen counter
              photos_seen{model="v1"} 3
              photos_seen 1
              # TYPE size summary
              size{quantile="0.5"} 4
              size{quantile="0.95"} 4
              size{quantile="0.99"} 4
              size_sum 4
              size_count 1
              """);
    }
  }

  @Test
  void signedGaugesAreChanges() throws IOException {
    send("g:10|g\ng:+5|g");
    send("g:-1|g");

    assertThat(listener.snapshot()).containsExactly(single("g", MetricType.GAUGE, noTags(), 14));
  }

  @Test
  void toADatadogAgentTheyAreNot() throws IOException {
    listener.close();
    listener = StatsdListener.open(Flavour.DATADOG);
    send("g:10|g\ng:-1|g\nn:5|c\nn:-2|c");

    assertThat(listener.snapshot())
        .extracting(MetricRow::name, MetricRow::value)
        .containsExactly(tuple("g", -1.0), tuple("n", 3.0));
  }

  @Test
  void countsWhatItCanNotReadAndGoesOn() throws IOException {
    send("");
    send("\n\n");
    send("rubbish\nn:1|c\n:1|c");
    send(new byte[] {'n', ':', '1', '|', 'c', '|', '#', 'k', ':', (byte) 0xff});
    send("\u0000mark x");
    send(new byte[60_000]);

    assertThat(listener.snapshot()).containsExactly(single("n", MetricType.COUNTER, noTags(), 1));
    assertThat(listener.malformed()).isEqualTo(5);
  }

  @Test
  void theNumberOfSeriesIsBounded() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 10_100; i++) {
      lines.append("n:1|c|#i:").append(i).append('\n');
      if (i % 100 == 99) {
        send(lines.toString());
        lines.setLength(0);
      }
    }

    assertThat(listener.snapshot()).hasSize(10_000);
    assertThat(listener.malformed()).isEqualTo(100);
  }

  @Test
  void afterCloseWhatArrivedCanStillBeAskedFor() throws IOException {
    send("n:1|c");
    listener.close();
    listener.close();

    assertThat(listener.snapshot()).hasSize(1);
    assertThat(listener.malformed()).isZero();
  }

  @Test
  void anInterruptedThreadKeepsItsInterrupt() throws IOException {
    send("n:1|c");
    Thread.currentThread().interrupt();

    assertThat(listener.snapshot()).hasSize(1);
    assertThat(Thread.interrupted()).isTrue();
  }

  private void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  private void send(byte[] bytes) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(
          new DatagramPacket(
              bytes,
              bytes.length,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port())));
    }
  }

  private static MetricRow single(
      String name, MetricType type, SortedMap<String, String> tags, double value) {
    return new MetricRow(name, type, tags, 1, value, value, value, value, 0, Quantiles.NONE);
  }

  private static MetricRow histogram(
      String name, long samples, double sum, double min, double mean, double max) {
    return new MetricRow(
        name,
        MetricType.HISTOGRAM,
        noTags(),
        samples,
        sum,
        min,
        mean,
        max,
        samples,
        Quantiles.NONE);
  }

  private static SortedMap<String, String> noTags() {
    return Collections.emptySortedMap();
  }

  private static SortedMap<String, String> tags(String... pairs) {
    SortedMap<String, String> tags = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      tags.put(pairs[i], pairs[i + 1]);
    }
    return tags;
  }
}
