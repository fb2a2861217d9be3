package dev.batchapi.e2e;

import java.util.Arrays;

/** The installed statsd_exporter, scraped through its Service. */
final class Exporter {
  private Exporter() {}

  static String scrape() {
    return Cluster.kubectl(
            "",
            "get",
            "--raw",
            "/api/v1/namespaces/%s/services/statsd-exporter:9102/proxy/metrics"
                .formatted(Cluster.SYSTEM))
        .out();
  }

  /** Sum of all series of a name, whatever their labels; 0 if there is none. */
  static double sum(String name) {
    return sum(name, "");
  }

  /** Sum of the series that have a label as it is written: {@code digit="3"}. */
  static double sum(String name, String label) {
    return Arrays.stream(scrape().split("\n", -1))
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
