package dev.batchapi.cli.statsd;

/** What arrived for one series. */
final class Aggregate {
  private final MetricLine first;
  private long samples;
  private double value;
  private double weight;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  /**
   * Whether a signed gauge is a change of what it was: to statsd_exporter, not to Datadog's agent.
   */
  private final boolean signsAreChanges;

  Aggregate(MetricLine first, boolean signsAreChanges) {
    this.first = first;
    this.signsAreChanges = signsAreChanges;
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
        histogram ? max : value);
  }
}
