package dev.batchapi.e2e;

import java.util.Arrays;

/** A statsd_exporter, scraped through its Service. */
final class Exporter {
  private Exporter() {}

  /** What the installed one knows. */
  static String scrape() {
    return scrape(Cluster.SYSTEM);
  }

  private static String scrape(String namespace) {
    return scrape(namespace, 9102);
  }

  private static String scrape(String namespace, int port) {
    return Cluster.kubectl(
            "",
            "get",
            "--raw",
            "/api/v1/namespaces/%s/services/statsd-exporter:%d/proxy/metrics"
                .formatted(namespace, port))
        .out();
  }

  /** The same of the installed guard's own metrics. */
  static double guardSum(String name, String label) {
    return sum(scrape(Cluster.SYSTEM, 9103), name, label);
  }

  /** Sum of all series of a name, whatever their labels; 0 if there is none. */
  static double sum(String name) {
    return sum(name, "");
  }

  /** Sum of the series that have a label as it is written: {@code digit="3"}. */
  static double sum(String name, String label) {
    return sum(scrape(), name, label);
  }

  /** The same, of a team's own exporter. */
  static double sumIn(String namespace, String name) {
    return sum(scrape(namespace), name, "");
  }

  private static double sum(String exposition, String name, String label) {
    return Arrays.stream(exposition.split("\n", -1))
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
