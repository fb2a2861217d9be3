package dev.batchapi.testkit;

import dev.batchapi.handler.MetricsClient;
import dev.batchapi.handler.ReservedMetricNameException;
import dev.batchapi.metrics.WireRules;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A metrics client that keeps what is pushed, for a test to look at. As the real one it throws only
 * for a reserved name. Tags in questions are keys and values in turn, and of a push that has them
 * it doesn't matter which others it has.
 */
public final class RecordingMetrics implements MetricsClient {
  private final List<Push> pushed = new CopyOnWriteArrayList<>();

  /** The three kinds of a push. */
  public enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  /** One push of a metric. */
  public record Push(Kind kind, String metric, double value, Map<String, String> tags) {}

  @Override
  public void increment(String metric, double value, Map<String, String> tags) {
    push(Kind.COUNTER, metric, value, tags);
  }

  @Override
  public void gauge(String metric, double value, Map<String, String> tags) {
    push(Kind.GAUGE, metric, value, tags);
  }

  @Override
  public void histogram(String metric, double value, Map<String, String> tags) {
    push(Kind.HISTOGRAM, metric, value, tags);
  }

  private void push(Kind kind, String metric, double value, @Nullable Map<String, String> tags) {
    var exposed = metric.replace('.', '_').replace('-', '_');
    if (WireRules.RESERVED_PREFIXES.stream().anyMatch(exposed::startsWith)) {
      throw new ReservedMetricNameException(
          "The metric name \"%s\" is reserved: names can't start with %s."
              .formatted(metric, String.join(", ", WireRules.RESERVED_PREFIXES)));
    }
    pushed.add(
        new Push(kind, metric, value, new TreeMap<>(Objects.requireNonNullElse(tags, Map.of()))));
  }

  /** Everything, in its order. */
  public List<Push> pushed() {
    return List.copyOf(pushed);
  }

  /** The sum of the increments of a metric. */
  public double counted(String metric, String... tags) {
    return observations(Kind.COUNTER, metric, tags).stream().mapToDouble(v -> v).sum();
  }

  /** The observations of a histogram, timings too. */
  public List<Double> observed(String metric, String... tags) {
    return observations(Kind.HISTOGRAM, metric, tags);
  }

  /**
   * Fails unless the increments add up to this.
   *
   * @throws AssertionError that lists what was pushed
   */
  public void assertCounted(String metric, double value, String... tags) {
    require("counted", metric, tags, counted(metric, tags), value);
  }

  /**
   * Fails unless there are so many observations.
   *
   * @throws AssertionError that lists what was pushed
   */
  public void assertObserved(String metric, int times, String... tags) {
    require("observed", metric, tags, observed(metric, tags).size(), times);
  }

  /**
   * Fails unless the gauge was set to this last.
   *
   * @throws AssertionError that lists what was pushed
   */
  public void assertGauge(String metric, double value, String... tags) {
    var values = observations(Kind.GAUGE, metric, tags);
    require("gauge", metric, tags, values.isEmpty() ? Double.NaN : values.getLast(), value);
  }

  private List<Double> observations(Kind kind, String metric, String... tags) {
    if (tags.length % 2 != 0) {
      throw new IllegalArgumentException("tags are keys and values in turn, but these are odd");
    }
    var wanted = new TreeMap<String, String>();
    for (var i = 0; i < tags.length; i += 2) {
      wanted.put(tags[i], tags[i + 1]);
    }
    return pushed.stream()
        .filter(push -> push.kind == kind && push.metric.equals(metric))
        .filter(push -> push.tags.entrySet().containsAll(wanted.entrySet()))
        .map(Push::value)
        .toList();
  }

  private void require(String what, String metric, String[] tags, double found, double wanted) {
    if (Double.compare(found, wanted) != 0) {
      throw new AssertionError(
          "%s %s %s: %s, and not %s; pushed were:%n%s"
              .formatted(
                  what,
                  metric,
                  List.of(tags),
                  found,
                  wanted,
                  pushed.stream().map(Push::toString).collect(Collectors.joining("\n"))));
    }
  }
}
