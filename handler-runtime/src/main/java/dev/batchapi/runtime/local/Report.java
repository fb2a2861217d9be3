package dev.batchapi.runtime.local;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.input.Input;
import dev.batchapi.runtime.local.statsd.MetricRow;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a person reads when a job is over. */
final class Report {
  private static final int FAILURES_SHOWN = 10;
  private static final int STACK_LINES_SHOWN = 12;

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void outcome(String job, End end, Counts counts, Input input, Duration took) {
    out.printf(
        Locale.ROOT,
        "%n%s: %s in %.1f s. %s%n",
        job,
        end.verdict(),
        took.toMillis() / 1000.0,
        end.message());
    out.printf(
        Locale.ROOT,
        "  batches  %,d succeeded, %,d failed, %,d not done (of %,d; %,d items)%n",
        counts.succeeded(),
        counts.failed(),
        input.count() - counts.done(),
        input.count(),
        input.items());
    if (counts.failedAttempts() > 0) {
      out.printf(Locale.ROOT, "  failed attempts  %,d%n", counts.failedAttempts());
    }
  }

  /** The first failed batches with the author's own frames. */
  void failures(String job, Ledger ledger, Input input) {
    for (var index : ledger.failed(job, FAILURES_SHOWN)) {
      failure(index, Objects.requireNonNull(ledger.outcome(job, index)), input);
    }
    var more = ledger.counts(job).failed() - FAILURES_SHOWN;
    if (more > 0) {
      out.printf(Locale.ROOT, "  and %,d more; --errors FILE writes them all%n", more);
    }
    var completion = ledger.outcome(job, Lease.COMPLETION);
    if (completion != null && completion.kind() == Outcome.Kind.FAILED) {
      error("on_job_complete", completion);
    }
  }

  private void failure(int index, Outcome outcome, Input input) {
    var first = input.firstItem(index);
    var last = first + input.itemsIn(index) - 1;
    var items = first == last ? "item " + first : "items %d to %d".formatted(first, last);
    error("batch %d (%s)".formatted(index, items), outcome);
  }

  private void error(String what, Outcome outcome) {
    var error = BatchError.fromJson(outcome.body());
    out.printf(
        Locale.ROOT,
        "  %s failed, %s, %s: %s%n",
        what,
        outcome.attempts() == 1 ? "1 attempt" : outcome.attempts() + " attempts",
        error.reason(),
        error.type() == null || error.type().equals(error.reason().name())
            ? error.message()
            : error.type() + ": " + error.message());
    var stack = error.stack();
    if (stack != null) {
      var lines = stack.strip().lines().toList();
      lines.stream().limit(STACK_LINES_SHOWN).forEach(line -> out.println("      " + line));
      if (lines.size() > STACK_LINES_SHOWN) {
        out.printf("      … %d more lines%n", lines.size() - STACK_LINES_SHOWN);
      }
    }
  }

  /** Every metric that arrived, one line per series. */
  void metrics(List<MetricRow> rows, long malformed) {
    if (!rows.isEmpty()) {
      out.println();
      out.println("  metrics that arrived over UDP");
      var width = rows.stream().mapToInt(row -> series(row).length()).max().orElse(0);
      for (var row : rows) {
        out.printf(
            Locale.ROOT,
            "    %-" + width + "s  %-9s  %s%n",
            series(row),
            row.type().name().toLowerCase(Locale.ROOT),
            value(row));
      }
    }
    if (malformed > 0) {
      out.printf(Locale.ROOT, "    and %,d lines that are no StatsD%n", malformed);
    }
  }

  private static String series(MetricRow row) {
    return row.tags().isEmpty()
        ? row.name()
        : row.tags().entrySet().stream()
            .map(tag -> tag.getKey() + "=" + tag.getValue())
            .collect(Collectors.joining(",", row.name() + "{", "}"));
  }

  private static String value(MetricRow row) {
    return switch (row.type()) {
      case COUNTER -> "sum %s (arrived in %,d)".formatted(number(row.value()), row.samples());
      case GAUGE -> "last %s of %,d".formatted(number(row.value()), row.samples());
      case HISTOGRAM ->
          "%,d samples, min %s, mean %s, max %s"
              .formatted(row.samples(), number(row.min()), number(row.mean()), number(row.max()));
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, "%.4g", value);
  }
}
