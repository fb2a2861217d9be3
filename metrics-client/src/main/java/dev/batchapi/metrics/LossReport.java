package dev.batchapi.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the losses metrics themselves: {@code batchapi_metrics_dropped} and {@code
 * batchapi_metrics_changed}, with the tag {@code reason}. They appear only where there are any.
 */
final class LossReport {
  private static final String PREFIX = "batchapi_metrics_";

  private final Losses losses;
  private final List<Line> lines = new ArrayList<>();

  private static final class Line {
    private final Loss reason;
    private final Series series;
    private long reported;

    Line(Loss reason, Series series) {
      this.reason = reason;
      this.series = series;
    }
  }

  LossReport(Losses losses, Map<String, String> defaultTags) {
    this.losses = losses;
    TagRules tagRules = new TagRules(defaultTags);
    for (Loss reason : Loss.values()) {
      String name = PREFIX + (reason.dropsMetric() ? "dropped" : "changed");
      List<String> tags =
          tagRules.clean(new Object[] {"reason"}, new Object[] {reason.text()}).pairs();
      lines.add(new Line(reason, new Series(Kind.COUNTER, name, tags)));
    }
  }

  /** Whether a series tells of losses. */
  static boolean isOne(Series series) {
    return series.name().startsWith(PREFIX);
  }

  /** Sends what was lost since the last time. */
  void send(Transport way) {
    for (Line line : lines) {
      long now = losses.sum(line.reason);
      if (now > line.reported) {
        line.series.add((double) (now - line.reported));
        line.reported = now;
      }
      if (line.series.pending()) {
        way.send(line.series, line.series.take());
      }
    }
  }
}
