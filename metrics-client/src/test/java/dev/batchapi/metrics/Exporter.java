package dev.batchapi.metrics;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The real statsd_exporter, as a child process on ports of its own. */
public final class Exporter implements AutoCloseable {
  private final Process process;
  private final int udpPort;
  private final int webPort;

  public Exporter(String... options) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, 0));
        ServerSocket web = new ServerSocket(0, 1, loopback)) {
      udpPort = udp.getLocalPort();
      webPort = web.getLocalPort();
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Tools.path("statsd_exporter"),
                "--statsd.listen-udp=127.0.0.1:" + udpPort,
                "--statsd.listen-tcp=",
                "--statsd.read-buffer=4194304",
                "--web.listen-address=127.0.0.1:" + webPort,
                "--log.level=error"));
    command.addAll(List.of(options));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> !scrape().isEmpty());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Where it takes StatsD by UDP. */
  public int udpPort() {
    return udpPort;
  }

  public MetricsSettings settings() {
    return MetricsSettings.of("127.0.0.1", udpPort);
  }

  /** {@code host:port} of its metrics, for Prometheus. */
  public String webAddress() {
    return "127.0.0.1:" + webPort;
  }

  public boolean alive() {
    return process.isAlive();
  }

  /**
   * Every sample of {@code /metrics}, as exposed.
   *
   * @throws IOException if it doesn't answer 200
   */
  public List<String> scrape() throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + webPort + "/metrics").toURL().openConnection();
    try (InputStream body = connection.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    } finally {
      connection.disconnect();
    }
  }

  /** The samples of one metric, also a histogram's. */
  public List<String> samples(String metric) throws IOException {
    return scrape().stream().filter(line -> line.matches(metric + "[ {_].*")).toList();
  }

  /** The sum of a metric's samples over all labels, 0 without any. */
  public double value(String metric) throws IOException {
    return scrape().stream()
        .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What it could not read or use: nothing, if the client does its work. */
  public List<String> complaints() throws IOException {
    return scrape().stream()
        .filter(
            line ->
                line.matches(
                    "statsd_exporter_(sample_errors|tag_errors|events_error|events_conflict)_total.*"))
        .filter(line -> !line.endsWith(" 0"))
        .toList();
  }

  @Override
  public void close() {
    Tools.stop(process);
  }
}
