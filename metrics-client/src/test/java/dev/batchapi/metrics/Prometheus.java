package dev.batchapi.metrics;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The real Prometheus, as a child process that scrapes what a test gives it. */
public final class Prometheus implements AutoCloseable {
  /** What docs/metrics.md asks admins for. */
  public static final String START_TIMESTAMPS = "--enable-feature=created-timestamp-zero-ingestion";

  private static final Pattern VALUE = Pattern.compile("\"value\":\\[[0-9.e+]+,\"([^\"]*)\"\\]");

  private final Path folder;
  private final Process process;
  private final int port;

  /**
   * Starts one.
   *
   * @param targets the addresses to scrape, {@code host:port}
   */
  public Prometheus(Duration interval, List<String> targets, String... options) throws IOException {
    folder = Files.createTempDirectory("prometheus");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.writeString(
        folder.resolve("prometheus.yml"),
        """
        global: {scrape_interval: %1$dms, scrape_timeout: %1$dms}
        scrape_configs:
        - job_name: batchapi
          static_configs:
          - targets: [%2$s]
        """
            .formatted(interval.toMillis(), String.join(", ", targets)));
    List<String> command =
        new ArrayList<>(
            List.of(
                Tools.path("prometheus"),
                "--config.file=" + folder.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=error"));
    command.addAll(List.of(options));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> !get("/-/ready").isEmpty());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The values that a query gives now. */
  public List<Double> query(String promql) throws IOException {
    return values(get("/api/v1/query?query=" + encoded(promql)));
  }

  /** The values that a query gives at a time, in seconds since 1970. */
  public List<Double> query(String promql, double time) throws IOException {
    return values(get("/api/v1/query?query=" + encoded(promql) + "&time=" + time));
  }

  /** The first of them, if any. */
  public OptionalDouble value(String promql) throws IOException {
    return query(promql).stream().mapToDouble(Double::doubleValue).findFirst();
  }

  private static List<Double> values(String answer) {
    List<Double> values = new ArrayList<>();
    Matcher matcher = VALUE.matcher(answer);
    while (matcher.find()) {
      values.add(number(matcher.group(1)));
    }
    return values;
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static String encoded(String promql) {
    return URLEncoder.encode(promql, StandardCharsets.UTF_8);
  }

  private String get(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    try {
      if (connection.getResponseCode() != 200) {
        try (InputStream error = connection.getErrorStream()) {
          String why =
              error == null ? "" : new String(error.readAllBytes(), StandardCharsets.UTF_8);
          throw new IOException(path + ": " + connection.getResponseCode() + " " + why);
        }
      }
      try (InputStream body = connection.getInputStream()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
      }
    } finally {
      connection.disconnect();
    }
  }

  @Override
  public void close() throws IOException {
    Tools.stop(process);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
