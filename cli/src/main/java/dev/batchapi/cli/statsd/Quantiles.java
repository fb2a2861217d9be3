package dev.batchapi.cli.statsd;

/** So many of a hundred observations are at most this large: 50, 95 and 99. */
public record Quantiles(double p50, double p95, double p99) {
  /** Of what has no observations. */
  static final Quantiles NONE = new Quantiles(Double.NaN, Double.NaN, Double.NaN);
}
