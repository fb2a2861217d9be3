package dev.batchapi.operator.metrics;

import java.util.HashMap;
import java.util.Map;

/** Prometheus' text format, read. */
record Exposition(String text, Map<String, Double> samples) {

  static Exposition of(OperatorMetrics metrics) {
    var text = metrics.scrape();
    var samples = new HashMap<String, Double>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              var space = line.lastIndexOf(' ');
              samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            });
    return new Exposition(text, Map.copyOf(samples));
  }

  /**
   * The value of one series; 0 if there is none.
   *
   * @param series as it is written: {@code name{label="value"}}
   */
  double value(String series) {
    return samples.getOrDefault(series, 0.0);
  }

  boolean has(String series) {
    return samples.containsKey(series);
  }

  boolean hasMetric(String name) {
    return text.contains("# TYPE " + name + ' ');
  }

  boolean hasMetricThatBegins(String with) {
    return text.contains("# TYPE " + with);
  }
}
