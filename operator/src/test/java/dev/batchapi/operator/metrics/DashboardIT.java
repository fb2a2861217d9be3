package dev.batchapi.operator.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.batchapi.metrics.Exporter;
import dev.batchapi.metrics.Prometheus;
import dev.batchapi.metrics.StatsdMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every query of the dashboard finds data in a real Prometheus, which scrapes the operator's own
 * metrics and the real exporter.
 */
class DashboardIT {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Path MAPPING = Path.of("../deploy/exporter/statsd-mapping.yaml");
  private static final Map<String, String> CHOSEN =
      Map.of(
          "namespace", ".*",
          "api", ".*",
          "exporter", ".+",
          "counter", "photos_seen",
          "gauge", "temperature",
          "histogram", "decode_seconds",
          "__range", "1m",
          "__rate_interval", "10s");

  private final OperatorMetrics operator = new OperatorMetrics();

  @Test
  void everyQueryFindsData() throws Exception {
    var dashboard = Dashboard.read(CHOSEN);
    assertThat(dashboard.queries()).hasSizeGreaterThan(25);
    operator.queueConnected(() -> true);
    operator.leading(() -> true);
    var web = serve();
    try (var exporter = new Exporter("--statsd.mapping-config=" + MAPPING);
        var handler = StatsdMetrics.open(exporter.settings());
        var other = StatsdMetrics.open(exporter.settings());
        var prometheus =
            new Prometheus(
                INTERVAL,
                List.of(exporter.webAddress(), "127.0.0.1:" + web.getAddress().getPort()),
                Prometheus.START_TIMESTAMPS)) {
      var round = new int[1];
      Map<String, String> empty = new TreeMap<>(dashboard.queries());
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(INTERVAL)
          .untilAsserted(
              () -> {
                work(++round[0], handler, other);
                for (var query : dashboard.queries().entrySet()) {
                  if (hasData(prometheus, query.getValue())) {
                    empty.remove(query.getKey());
                  }
                }
                assertThat(empty).isEmpty();
              });
      assertThat(prometheus.value("sum(photos_seen)").orElse(0)).isPositive();
    } finally {
      web.stop(0);
    }
  }

  private static boolean hasData(Prometheus prometheus, String query) throws IOException {
    return prometheus.query(query).stream().anyMatch(Double::isFinite);
  }

  /** What a cluster does in a second. */
  private void work(int round, StatsdMetrics handler, StatsdMetrics other) throws Exception {
    var now =
        new Progress(
            "uid", "vision", "tagger", "Running", 1_000, 8 * round, round, 2 * round, 4, 1, round);
    operator.observed(now);
    operator.finished(
        new Progress("job-" + round, "vision", "tagger", "Succeeded", 1, 1, 0, 0, 0, 0, 0),
        "Complete",
        Duration.ofSeconds(round));
    var _ = operator.reconciles().timeControllerExecution(new Execution(() -> ""));
    handler.increment("photos_seen", 3, Map.of("model", "v1"));
    handler.gauge("temperature", -round);
    handler.gauge("temperature", Double.NaN);
    handler.increment("two words");
    handler.histogram("decode_seconds", 0.02 * round);
    var _ = handler.flush();
    other.gauge("photos_seen", round);
    var _ = other.flush();
  }

  private HttpServer serve() throws IOException {
    var web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/metrics",
        exchange -> {
          var body = operator.scrape().getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    web.start();
    return web;
  }
}
