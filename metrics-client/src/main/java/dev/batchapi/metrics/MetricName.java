package dev.batchapi.metrics;

import dev.batchapi.handler.ReservedMetricNameException;
import java.nio.charset.StandardCharsets;

/** The rules for a metric's name. */
final class MetricName {
  private MetricName() {}

  /**
   * The name as it is sent, and logged: ASCII letters, digits, {@code _ . -}, the rest replaced.
   */
  static String clean(String name) {
    int length = Math.min(name.length(), WireRules.MAX_NAME);
    for (int i = 0; i < length; i++) {
      if (!WireRules.isInNames(name.charAt(i))) {
        return replaced(name, length);
      }
    }
    return length == name.length() ? name : name.substring(0, length);
  }

  /** The name as the exporter shows it; what is the same here is one metric to Prometheus. */
  static String exposed(String clean) {
    byte[] sent = clean.getBytes(StandardCharsets.ISO_8859_1);
    byte[] exposed = new byte[sent.length + 1];
    int length = WireRules.expose(sent, 0, sent.length, exposed);
    return new String(exposed, 0, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Refuses a name of the platform.
   *
   * @throws ReservedMetricNameException naming the prefix
   */
  static void requireNotReserved(String clean) {
    String exposed = exposed(clean);
    for (String prefix : WireRules.RESERVED_PREFIXES) {
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

  private static String replaced(String name, int length) {
    StringBuilder result = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      result.append(WireRules.isInNames(c) ? c : '_');
    }
    return result.toString();
  }
}
