package dev.batchapi.handler;

import java.util.Map;

/**
 * Pushes metrics over UDP to the cluster's StatsD service.
 *
 * <p>A push never throws because it failed and needs no close. The one exception is a programmer's
 * error: a name that starts with a prefix reserved by the platform ({@code batchapi_}, {@code
 * cortex_}, {@code istio_}) throws {@link ReservedMetricNameException} and fails the batch for
 * good.
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

  /** Adds one observation to a histogram without tags. */
  default void histogram(String metric, double value) {
    histogram(metric, value, Map.of());
  }
}
