package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard's own pages. */
class GuardPagesIT {
  private ExporterBehindGuard exporter;
  private Guard guard;
  private Web web;

  @BeforeEach
  void start() throws IOException {
    exporter = new ExporterBehindGuard();
    GuardSettings settings = GuardSettings.from(exporter.guardedBy());
    guard = new Guard(settings).start();
    web = new Web(settings, guard);
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

  private int status(String page, String authorization) throws IOException {
    HttpURLConnection connection = open(page);
    connection.setRequestProperty("Authorization", authorization);
    return connection.getResponseCode();
  }

  @Test
  void theExportersMetricsAreHandedOnInTheFormatThatIsAskedFor() throws IOException {
    becomes(200);
    assertThat(open("/exporter").getContentType()).startsWith("text/plain; version=0.0.4");
    HttpURLConnection connection = open("/exporter");
    // The one with start timestamps, which Prometheus asks for.
    String delimited =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    connection.setRequestProperty("Accept", delimited);
    assertThat(connection.getContentType()).startsWith("application/vnd.google.protobuf");
    try (InputStream body = connection.getInputStream()) {
      assertThat(body.readAllBytes()).isNotEmpty();
    }
  }

  @Test
  void whoReadsMetricsNeedsTheTokenIfThereIsOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("token");
    Files.writeString(file, "abc\n");
    Map<String, String> variables = new HashMap<>(exporter.guardedBy());
    variables.put("BATCHAPI_GUARD_TOKEN_FILE", file.toString());
    web.close();
    web = new Web(GuardSettings.from(variables), guard);

    for (String page : List.of("/metrics", "/exporter")) {
      assertThat(status(page)).isEqualTo(401);
      assertThat(status(page, "Bearer abcd")).isEqualTo(401);
      assertThat(status(page, "Basic abc")).isEqualTo(401);
      assertThat(status(page, "Bearer abc")).isEqualTo(200);
    }
    assertThat(status("/livez")).as("kubelet has no token").isEqualTo(200);
    becomes(200);

    Files.writeString(file, "another");
    assertThat(status("/metrics", "Bearer abc")).isEqualTo(401);
    assertThat(status("/metrics", "Bearer another")).isEqualTo(200);
    Files.writeString(file, "");
    assertThat(status("/metrics", "Bearer ")).as("an empty token is none").isEqualTo(503);
  }
}
