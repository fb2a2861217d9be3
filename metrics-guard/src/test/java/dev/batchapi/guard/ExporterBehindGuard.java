package dev.batchapi.guard;

import static org.awaitility.Awaitility.await;

import dev.batchapi.metrics.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The real statsd_exporter, started as deploy/exporter does it, on ports of its own. */
final class ExporterBehindGuard implements AutoCloseable {
  private static final Path FOLDER = Path.of("../deploy/exporter");

  private final int linesPort;
  private final int webPort;
  private final boolean bare;
  private Process process;

  ExporterBehindGuard() throws IOException {
    this(false);
  }

  /** One that is sent to by UDP, as it was before there was a guard. */
  static ExporterBehindGuard withoutGuard() throws IOException {
    return new ExporterBehindGuard(true);
  }

  private ExporterBehindGuard(boolean bare) throws IOException {
    this.bare = bare;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket lines = new ServerSocket(0, 1, loopback);
        ServerSocket web = new ServerSocket(0, 1, loopback)) {
      linesPort = lines.getLocalPort();
      webPort = web.getLocalPort();
    }
    process = launch();
    awaitReady();
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(List.of(Tools.path("statsd_exporter")));
    for (String line : Files.readAllLines(FOLDER.resolve("exporter.yaml"))) {
      if (line.strip().startsWith("- --")) {
        command.add(
            line.strip()
                .substring(2)
                .replace("127.0.0.1:9125", "127.0.0.1:" + linesPort)
                .replace("=:9102", "=127.0.0.1:" + webPort)
                .replace("/etc/statsd-exporter", FOLDER.toString()));
      }
    }
    if (bare) {
      command.removeIf(option -> option.matches("--statsd.listen-(tcp|udp)=.*"));
      command.addAll(
          List.of(
              "--statsd.listen-tcp=",
              "--statsd.listen-udp=127.0.0.1:" + linesPort,
              "--statsd.read-buffer=4194304",
              "--statsd.udp-packet-queue-size=50000"));
    }
    command.add("--log.level=error");
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void awaitReady() {
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> status("/metrics") == 200);
  }

  /** The variables of a guard before it, on ports that are free. */
  Map<String, String> guardedBy() {
    return Map.of(
        "BATCHAPI_GUARD_LISTEN",
        "127.0.0.1:0",
        "BATCHAPI_GUARD_HTTP",
        "127.0.0.1:0",
        "BATCHAPI_GUARD_EXPORTER",
        "127.0.0.1:" + linesPort,
        "BATCHAPI_GUARD_EXPORTER_METRICS",
        "http://127.0.0.1:" + webPort + "/metrics");
  }

  /** Where it takes lines: by TCP, or by UDP if it has no guard. */
  int port() {
    return linesPort;
  }

  /** Sends a line without the guard. */
  void sendDirectly(String line) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), linesPort)) {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  int status(String page) throws IOException {
    HttpURLConnection connection = open(page);
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  /**
   * Every sample, as exposed.
   *
   * @throws IOException if it doesn't answer 200
   */
  List<String> scrape() throws IOException {
    try (InputStream body = open("/metrics").getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  /** The sum of a metric's samples over all labels, 0 without any. */
  double value(String metric) throws IOException {
    return scrape().stream()
        .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What it could not read or use: nothing, if the guard does its work. */
  List<String> complaints() throws IOException {
    return scrape().stream()
        .filter(
            line ->
                line.matches(
                    "statsd_exporter_(sample_errors|tag_errors|events_error|events_conflict)_total.*"))
        .filter(line -> !line.endsWith(" 0"))
        .toList();
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** The CPU time that it used so far, in nanoseconds. */
  long cpuNanos() {
    return process.info().totalCpuDuration().orElseThrow().toNanos();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    process = launch();
    awaitReady();
  }

  private HttpURLConnection open(String page) throws IOException {
    return (HttpURLConnection)
        URI.create("http://127.0.0.1:" + webPort + page).toURL().openConnection();
  }

  @Override
  public void close() {
    Tools.stop(process);
  }
}
