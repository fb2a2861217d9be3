package dev.batchapi.cli.statsd;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Series in the text format that Prometheus scrapes: counters and gauges as they are, histograms as
 * summaries with their quantiles.
 */
final class PrometheusText {
  private final StringBuilder text = new StringBuilder();

  private PrometheusText() {}

  /** The series, by name. */
  static String of(List<MetricRow> rows) {
    var text = new PrometheusText();
    var before = "";
    for (var row : rows) {
      var name = row.name().replaceAll("[^a-zA-Z0-9_:]", "_").replaceFirst("^(?=[0-9])", "_");
      var head = "# TYPE %s %s\n".formatted(name, type(row));
      if (!head.equals(before)) {
        text.text.append(head);
        before = head;
      }
      text.series(name, row);
    }
    return text.text.toString();
  }

  private static String type(MetricRow row) {
    return switch (row.type()) {
      case COUNTER -> "counter";
      case GAUGE -> "gauge";
      case HISTOGRAM -> "summary";
    };
  }

  private void series(String name, MetricRow row) {
    var labels =
        row.tags().entrySet().stream().map(PrometheusText::label).collect(Collectors.joining(","));
    if (row.type() != MetricType.HISTOGRAM) {
      line(name, labels, row.value());
      return;
    }
    var comma = labels.isEmpty() ? "" : ",";
    line(name, labels + comma + "quantile=\"0.5\"", row.quantiles().p50());
    line(name, labels + comma + "quantile=\"0.95\"", row.quantiles().p95());
    line(name, labels + comma + "quantile=\"0.99\"", row.quantiles().p99());
    line(name + "_sum", labels, row.value());
    line(name + "_count", labels, row.count());
  }

  private static String label(Map.Entry<String, String> tag) {
    return "%s=\"%s\""
        .formatted(
            tag.getKey(),
            tag.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
  }

  private void line(String name, String labels, double value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(number(value)).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%d", (long) value)
        : Double.toString(value);
  }
}
