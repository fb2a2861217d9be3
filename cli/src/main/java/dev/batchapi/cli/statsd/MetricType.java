package dev.batchapi.cli.statsd;

import java.util.Locale;

/** The kinds of metric that StatsD knows and handlers push. */
public enum MetricType {
  COUNTER,
  GAUGE,
  /** Histograms, distributions and timings. */
  HISTOGRAM;

  /** As people write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
