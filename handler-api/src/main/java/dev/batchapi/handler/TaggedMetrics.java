package dev.batchapi.handler;

import java.util.HashMap;
import java.util.Map;

/** A client that adds the same tags to every metric. */
final class TaggedMetrics implements MetricsClient {
  private final MetricsClient metrics;
  private final Map<String, String> tags;

  TaggedMetrics(MetricsClient metrics, Map<String, String> tags) {
    this.metrics = metrics;
    this.tags = tags == null ? new HashMap<>() : new HashMap<>(tags); // handlers pass null too
  }

  @Override
  public void increment(String metric, double value, Map<String, String> more) {
    metrics.increment(metric, value, with(more));
  }

  @Override
  public void gauge(String metric, double value, Map<String, String> more) {
    metrics.gauge(metric, value, with(more));
  }

  @Override
  public void histogram(String metric, double value, Map<String, String> more) {
    metrics.histogram(metric, value, with(more));
  }

  @Override
  public void distribution(String metric, double value, Map<String, String> more) {
    metrics.distribution(metric, value, with(more));
  }

  @Override
  public boolean flush() {
    return metrics.flush();
  }

  private Map<String, String> with(Map<String, String> more) {
    if (more == null || more.isEmpty()) {
      return tags;
    }
    Map<String, String> all = new HashMap<>(tags);
    all.putAll(more);
    return all;
  }
}
