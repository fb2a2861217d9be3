package dev.batchapi.metrics;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what was dropped or changed by reason; logs each reason at most once a minute. */
final class Losses {
  private static final Logger LOG = LoggerFactory.getLogger(StatsdMetrics.class);
  private static final long LOG_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

  /** Never changed after construction. */
  private final Map<Loss, Tally> tallies = new EnumMap<>(Loss.class);

  private record Tally(LongAdder count, AtomicLong nextLog) {}

  Losses() {
    for (Loss reason : Loss.values()) {
      tallies.put(reason, new Tally(new LongAdder(), new AtomicLong(System.nanoTime())));
    }
  }

  void count(Loss reason, @Nullable String metric, String detail) {
    count(reason, 1, metric, detail);
  }

  void count(Loss reason, long pushes, @Nullable String metric, String detail) {
    Tally tally = tally(reason);
    tally.count().add(pushes);
    long now = System.nanoTime();
    long due = tally.nextLog().get();
    if (now - due >= 0 && tally.nextLog().compareAndSet(due, now + LOG_EVERY_NANOS)) {
      LOG.warn(
          "{} {}: {} ({} so far for the reason \"{}\", logged once a minute)",
          metric == null ? "Metrics" : "Metric \"" + MetricName.clean(metric) + '"',
          reason.dropsMetric() ? "dropped" : "changed",
          detail,
          tally.count().sum(),
          reason.text());
    }
  }

  long sum(Loss reason) {
    return tally(reason).count().sum();
  }

  /** What was counted so far, without the reasons that never occurred. */
  Map<Loss, Long> snapshot() {
    Map<Loss, Long> result = new EnumMap<>(Loss.class);
    tallies.forEach(
        (reason, tally) -> {
          if (tally.count().sum() > 0) {
            result.put(reason, tally.count().sum());
          }
        });
    return Collections.unmodifiableMap(result);
  }

  private Tally tally(Loss reason) {
    return Objects.requireNonNull(tallies.get(reason));
  }
}
