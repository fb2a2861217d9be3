package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guard's own pages. */
class WebIT {
  private ExporterBehindGuard exporter;
  private Guard guard;
  private Web web;

  @BeforeEach
  void start() throws IOException {
    exporter = new ExporterBehindGuard();
    GuardSettings settings = GuardSettings.from(exporter.guardedBy());
    guard = new Guard(settings).start();
    web = new Web(settings.http(), settings.exporterMetrics(), guard);
  }

  @AfterEach
  void stop() {
    web.close();
    guard.close();
    exporter.close();
  }

  private HttpURLConnection open(String page) throws IOException {
    return (HttpURLConnection)
        URI.create("http://127.0.0.1:" + web.port() + page).toURL().openConnection();
  }

  private int status(String page) throws IOException {
    return open(page).getResponseCode();
  }

  private void becomes(int status) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(status("/healthz")).isEqualTo(status));
  }

  @Test
  void showsWhatPassedAndWhatWasDropped() throws IOException {
    try (Sending sender = new Sending("127.0.0.1", guard.port())) {
      sender.send("a:1|c", "b:1|c", "x:1|h|#le:0.1");
    }
    await().until(() -> guard.counters().passed() == 2);

    HttpURLConnection connection = open("/metrics");
    try (InputStream body = connection.getInputStream()) {
      String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(connection.getContentType()).startsWith("text/plain; version=0.0.4");
      assertThat(text.lines())
          .contains(
              "batchapi_guard_datagrams_total 1",
              "batchapi_guard_lines_passed_total 2",
              "batchapi_guard_lines_dropped_total{reason=\"tag\"} 1",
              "batchapi_guard_lines_dropped_total{reason=\"overload\"} 0",
              "batchapi_guard_kernel_dropped_datagrams_total 0",
              "batchapi_guard_series 2",
              "batchapi_guard_exporter_connected 1")
          .allMatch(
              line -> line.startsWith("# ") || line.matches("[a-z_]+(\\{[a-z_=\"]+})? [0-9]+"));
    }
    assertThat(status("/livez")).isEqualTo(200);
  }

  /** Its own health page says that all is well, so nobody would restart it. */
  @Test
  void anExporterWhoseMetricsFailIsNotHealthy() throws IOException {
    becomes(200);

    exporter.sendDirectly("x:1|c|#__name__:y");

    becomes(503);
    assertThat(exporter.status("/-/healthy")).isEqualTo(200);
    assertThat(status("/livez")).isEqualTo(200);
  }

  @Test
  void anExporterThatIsAwayIsNotHealthyUntilItIsBack() throws Exception {
    becomes(200);
    exporter.kill();
    becomes(503);
    exporter.restart();
    becomes(200);
  }
}
