package dev.batchapi.cli.statsd;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What arrived for one series. */
final class Aggregate {
  /** How far a quantile may be from the true one, relative to it. */
  private static final double ACCURACY = 0.005;

  /** Bounds a series' memory to some 16 KiB; the smallest observations share a bin then. */
  private static final int MAX_BINS = 2048;

  private final MetricLine first;
  private long samples;
  private double value;
  private double weight;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private final @Nullable DDSketch sketch;

  /**
   * Whether a signed gauge is a change of what it was: to statsd_exporter, not to Datadog's agent.
   */
  private final boolean signsAreChanges;

  Aggregate(MetricLine first, boolean signsAreChanges) {
    this.first = first;
    this.signsAreChanges = signsAreChanges;
    this.sketch =
        first.type() == MetricType.HISTOGRAM
            ? DDSketches.logarithmicCollapsingLowestDense(ACCURACY, MAX_BINS)
            : null;
  }

  void add(MetricLine line) {
    switch (line.type()) {
      case COUNTER -> {
        samples++;
        value += line.value() * line.weight();
      }
      case GAUGE -> {
        // A negative value comes as 0 and a change by it: the 0 was counted already.
        boolean change = line.signed() && signsAreChanges;
        samples += change ? 0 : 1;
        value = change ? value + line.value() : line.value();
      }
      case HISTOGRAM -> {
        samples++;
        value += line.value() * line.weight();
        weight += line.weight();
        min = Math.min(min, line.value());
        max = Math.max(max, line.value());
        Objects.requireNonNull(sketch).accept(line.value(), line.weight());
      }
    }
  }

  MetricRow row() {
    boolean histogram = first.type() == MetricType.HISTOGRAM;
    return new MetricRow(
        first.name(),
        first.type(),
        first.tags(),
        samples,
        value,
        histogram ? min : value,
        histogram ? value / weight : value,
        histogram ? max : value,
        weight,
        sketch == null
            ? Quantiles.NONE
            : new Quantiles(quantile(sketch, 0.5), quantile(sketch, 0.95), quantile(sketch, 0.99)));
  }

  /** An estimate is never beyond what was seen. */
  private double quantile(DDSketch of, double rank) {
    return Math.clamp(of.getValueAtQuantile(rank), min, max);
  }
}
