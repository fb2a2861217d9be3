package dev.batchapi.cli.statsd;

import java.util.Comparator;
import java.util.SortedMap;

/**
 * One series as it stands.
 *
 * @param name the metric's
 * @param type its kind
 * @param tags by key
 * @param samples how many values arrived; increments that the client summed up are one
 * @param value a counter's sum, a gauge's last value, a histogram's sum
 * @param min smallest observation of a histogram; otherwise the value
 * @param mean mean of a histogram's observations; otherwise the value
 * @param max largest observation of a histogram; otherwise the value
 * @param count how many observations of a histogram the samples stand for; otherwise 0
 * @param quantiles of a histogram, within 0.5 % of the true ones
 */
public record MetricRow(
    String name,
    MetricType type,
    SortedMap<String, String> tags,
    long samples,
    double value,
    double min,
    double mean,
    double max,
    double count,
    Quantiles quantiles)
    implements Comparable<MetricRow> {

  private static final Comparator<MetricRow> ORDER =
      Comparator.comparing(MetricRow::name)
          .thenComparing(MetricRow::type)
          .thenComparing(row -> row.tags().toString());

  /** By name, then type, then tags. */
  @Override
  public int compareTo(MetricRow other) {
    return ORDER.compare(this, other);
  }
}
