package dev.batchapi.metrics;

import dev.batchapi.handler.ReservedMetricNameException;
import java.util.List;

/** The rules for a metric's name. */
final class MetricName {
  static final int MAX_LENGTH = 200;

  /**
   * The exporter's own metrics. A second metric under such a name makes its whole exposition fail
   * until it is restarted.
   */
  private static final List<String> EXPORTER =
      List.of("go_", "process_", "promhttp_", "statsd_", "datadog_dogstatsd_client_");

  /** What Prometheus adds to every scrape; a pushed series of that name would be a duplicate. */
  private static final List<String> PROMETHEUS = List.of("up", "ALERTS", "ALERTS_FOR_STATE");

  private MetricName() {}

  /**
   * The name as it is sent, and logged: ASCII letters, digits, {@code _ . -}, the rest replaced.
   */
  static String clean(String name) {
    int length = Math.min(name.length(), MAX_LENGTH);
    for (int i = 0; i < length; i++) {
      if (!allowed(name.charAt(i))) {
        return replaced(name, length);
      }
    }
    return length == name.length() ? name : name.substring(0, length);
  }

  /**
   * The name as the exporter shows it; what is the same here is one metric to Prometheus. As the
   * exporter does it, a row of dashes becomes a single underscore.
   */
  static String exposed(String clean) {
    StringBuilder name = new StringBuilder(clean.length() + 1);
    if (Character.isDigit(clean.charAt(0))) {
      name.append('_');
    }
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      if (c != '-' || i == 0 || clean.charAt(i - 1) != '-') {
        name.append(c == '.' || c == '-' ? '_' : c);
      }
    }
    return name.toString();
  }

  /**
   * Refuses a name of the platform.
   *
   * @throws ReservedMetricNameException naming the prefix
   */
  static void requireNotReserved(String clean) {
    String exposed = exposed(clean);
    for (String prefix : StatsdMetrics.RESERVED_PREFIXES) {
      if (exposed.startsWith(prefix)) {
        throw new ReservedMetricNameException(
            "The metric name \""
                + clean
                + "\" starts with \""
                + prefix
                + "\", which is reserved for the platform's own metrics: use another name.");
      }
    }
  }

  /** Whether the server or Prometheus uses this name itself. */
  static boolean belongsToServer(String exposed) {
    return EXPORTER.stream().anyMatch(exposed::startsWith)
        || exposed.startsWith("scrape_")
        || PROMETHEUS.contains(exposed);
  }

  private static String replaced(String name, int length) {
    StringBuilder result = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      result.append(allowed(c) ? c : '_');
    }
    return result.toString();
  }

  private static boolean allowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '.'
        || c == '-';
  }
}
