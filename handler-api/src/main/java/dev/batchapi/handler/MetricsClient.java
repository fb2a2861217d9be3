package dev.batchapi.handler;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;

/**
 * Pushes metrics over UDP to the cluster's StatsD service.
 *
 * <p>A push never throws because it failed and needs no close. The one exception is a programmer's
 * error: a name that starts with a prefix reserved by the platform ({@code batchapi_}, {@code
 * cortex_}, {@code istio_}) throws {@link ReservedMetricNameException} and fails the batch for
 * good.
 *
 * <p>Everything else that is wrong with a push (a NaN, a tag with a line break, a thousand and one
 * series) is made safe or dropped, and counted and logged by reason.
 *
 * <p>Metrics count attempts: a batch that runs twice pushes twice. Exact counts of batches are in
 * the job's status.
 */
public interface MetricsClient {

  /**
   * Adds to a counter.
   *
   * @param metric its name, such as {@code images_tagged}
   * @param value how much to add, at least 0
   * @param tags names and values of its labels
   */
  void increment(String metric, double value, Map<String, String> tags);

  /** Adds {@code value} to a counter without tags. */
  default void increment(String metric, double value) {
    increment(metric, value, Map.of());
  }

  /** Adds 1 to a counter. */
  default void increment(String metric, Map<String, String> tags) {
    increment(metric, 1, tags);
  }

  /** Adds to a counter with one tag. */
  default void increment(String metric, double value, String key, String tag) {
    increment(metric, value, Collections.singletonMap(key, tag));
  }

  /** Adds 1 to a counter with one tag. */
  default void increment(String metric, String key, String tag) {
    increment(metric, 1, Collections.singletonMap(key, tag));
  }

  /** Adds 1 to a counter without tags. */
  default void increment(String metric) {
    increment(metric, 1, Map.of());
  }

  /**
   * Sets a gauge to an absolute value; negative values are no deltas.
   *
   * @param metric its name, such as {@code queue_length}
   * @param value what it is now
   * @param tags names and values of its labels
   */
  void gauge(String metric, double value, Map<String, String> tags);

  /** Sets a gauge with one tag. */
  default void gauge(String metric, double value, String key, String tag) {
    gauge(metric, value, Collections.singletonMap(key, tag));
  }

  /** Sets a gauge without tags. */
  default void gauge(String metric, double value) {
    gauge(metric, value, Map.of());
  }

  /**
   * Adds one observation to a histogram.
   *
   * @param metric its name, with the unit last, such as {@code decode_seconds}
   * @param value the observation
   * @param tags names and values of its labels
   */
  void histogram(String metric, double value, Map<String, String> tags);

  /** Adds one observation to a histogram with one tag. */
  default void histogram(String metric, double value, String key, String tag) {
    histogram(metric, value, Collections.singletonMap(key, tag));
  }

  /** Adds one observation to a histogram without tags. */
  default void histogram(String metric, double value) {
    histogram(metric, value, Map.of());
  }

  /**
   * Adds one observation to a distribution, which the Datadog agent aggregates over all hosts; for
   * Prometheus it is a histogram, which is aggregated over all hosts anyway.
   */
  default void distribution(String metric, double value, Map<String, String> tags) {
    histogram(metric, value, tags);
  }

  /** Adds how long something took to a histogram, in seconds; name it {@code ..._seconds}. */
  default void timing(String metric, Duration duration, Map<String, String> tags) {
    histogram(metric, duration.toSeconds() + duration.toNanosPart() / 1e9, tags);
  }

  /** Adds how long something took to a histogram without tags, in seconds. */
  default void timing(String metric, Duration duration) {
    timing(metric, duration, Map.of());
  }

  /**
   * Starts to measure; closing it adds the time to a histogram, in seconds. Made for {@code try
   * (Timer timer = metrics.timer("decode_seconds", tags)) { ... }}.
   */
  default Timer timer(String metric, Map<String, String> tags) {
    return new Timer(this, metric, tags);
  }

  /** Starts to measure for a histogram without tags. */
  default Timer timer(String metric) {
    return timer(metric, Map.of());
  }

  /**
   * The same client with these tags on every metric; a tag of the same name that a push passes
   * wins.
   */
  default MetricsClient withTags(Map<String, String> tags) {
    return new TaggedMetrics(this, tags);
  }

  /**
   * Hands everything that was pushed so far to the network, without waiting for more than a second.
   * A handler needs no flush: everything leaves within about a second, and at the end of the
   * process.
   *
   * @return whether it was possible
   */
  default boolean flush() {
    return true;
  }
}
