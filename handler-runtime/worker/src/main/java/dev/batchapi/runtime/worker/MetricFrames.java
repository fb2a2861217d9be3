package dev.batchapi.runtime.worker;

import dev.batchapi.metrics.Loss;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.LostPushes;
import dev.batchapi.runtime.protocol.Metric;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what a host pushes over the socket to the metrics client. Used by one thread. */
final class MetricFrames {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  private final StatsdMetrics metrics;

  MetricFrames(StatsdMetrics metrics) {
    this.metrics = metrics;
  }

  void push(Metric metric) {
    try {
      switch (metric.kind()) {
        case COUNTER -> metrics.increment(metric.name(), metric.value(), metric.tags());
        case GAUGE -> metrics.gauge(metric.name(), metric.value(), metric.tags());
        case HISTOGRAM -> metrics.histogram(metric.name(), metric.value(), metric.tags());
        case DISTRIBUTION -> metrics.distribution(metric.name(), metric.value(), metric.tags());
      }
    } catch (IllegalArgumentException e) {
      // The host refuses reserved names before they get here.
      LOG.warn("a metric was dropped: {}", e.getMessage());
    }
  }

  /** Counts pushes that the host dropped or changed; says so only of those it has counted. */
  void count(LostPushes lost) {
    if (lost.counted()) {
      LOG.info(
          "Metrics of the handler: dropped or changed, by reason: {}",
          lost.losses().stream()
              .map(loss -> loss.reason() + "=" + loss.count())
              .collect(Collectors.joining(", ", "{", "}")));
      return;
    }
    for (var loss : lost.losses()) {
      metrics.lost(Loss.of(loss.reason()), loss.count(), loss.metric(), loss.detail());
    }
  }

  /** What was pushed so far leaves soon. */
  void flushSoon() {
    metrics.flushSoon();
  }
}
