package dev.batchapi.cli.run;

import dev.batchapi.cli.statsd.MetricRow;
import dev.batchapi.contract.Visible;
import dev.batchapi.data.input.Input;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.ItemCounts;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.Waits;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a person reads when a job is over. */
final class Report {
  private static final int ERRORS_SHOWN = 10;
  private static final int BATCHES_NAMED = 10;

  /** So many are read to find which are alike. */
  private static final int FAILURES_READ = 1_000;

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
        Visible.text(end.message()));
    out.printf(
        Locale.ROOT,
        "  batches  %,d succeeded, %,d failed, %,d not done (of %,d; %,d item%s)%n",
        counts.succeeded(),
        counts.failed(),
        input.count() - counts.done(),
        input.count(),
        input.items(),
        input.items() == 1 ? "" : "s");
    if (counts.failedItems() > 0) {
      var items = ItemCounts.of(counts, input.items(), input.batchSize());
      out.printf(
          Locale.ROOT,
          "  items  %,d succeeded, %,d failed (of %,d)%n",
          items.succeeded(),
          items.failed(),
          items.total());
    }
    if (counts.failedAttempts() > 0) {
      out.printf(Locale.ROOT, "  failed attempts  %,d%n", counts.failedAttempts());
    }
  }

  /** How long batches have waited, of all workers together. */
  void waits(Collection<Waits> workers) {
    var rate = seconds(workers, Waits::forRate);
    if (rate > 0) {
      out.printf(
          Locale.ROOT, "  waited for the rate limit  %.1f s (of all workers together)%n", rate);
    }
    var times = workers.stream().mapToInt(Waits::timesAsked).sum();
    if (times > 0) {
      out.printf(
          Locale.ROOT,
          "  asked to be called later  %,d times, for %.1f s in all%n",
          times,
          seconds(workers, Waits::asked));
    }
  }

  private static double seconds(Collection<Waits> workers, Function<Waits, Duration> which) {
    return workers.stream().map(which).mapToLong(Duration::toMillis).sum() / 1000.0;
  }

  /** The failed batches by their error, each with the author's own frames. */
  void failures(String job, MemoryQueue ledger, Input input) {
    var groups = new LinkedHashMap<Same, List<Integer>>();
    for (var index : ledger.failed(job, FAILURES_READ)) {
      var error = error(Objects.requireNonNull(ledger.outcome(job, index)));
      groups.computeIfAbsent(Same.of(error), same -> new ArrayList<>()).add(index);
    }
    var told = 0;
    var stacks = new HashMap<String, Integer>();
    for (var batches : groups.values().stream().limit(ERRORS_SHOWN).toList()) {
      var first = batches.getFirst();
      var outcome = Objects.requireNonNull(ledger.outcome(job, first));
      failed("batch %d (%s)".formatted(first, items(first, input)), outcome);
      stack(error(outcome), first, stacks);
      alike(batches.subList(1, batches.size()));
      told += batches.size();
    }
    var more = ledger.counts(job).failed() - told;
    if (more > 0) {
      out.printf(
          Locale.ROOT, "  and %,d more failed batches; --errors FILE writes them all%n", more);
    }
    items(job, ledger, input, stacks);
    var completion = ledger.outcome(job, Lease.COMPLETION);
    if (completion != null && completion.kind() == Outcome.Kind.FAILED) {
      failed("on_job_complete", completion);
      stack(error(completion), Lease.COMPLETION, stacks);
    }
    var last = ledger.lastError(job);
    if (last != null && groups.isEmpty() && ledger.counts(job).succeeded() == 0) {
      out.printf("  the last failed attempt, %s%n", sentence(last));
      stack(last, Lease.COMPLETION, stacks);
    }
  }

  /** The items that failed alone, by their error: those of the first batches that have some. */
  private void items(String job, MemoryQueue ledger, Input input, Map<String, Integer> stacks) {
    var groups = new LinkedHashMap<Same, List<Failed>>();
    for (var batch : ledger.partial(job, ERRORS_SHOWN)) {
      var outcome = Objects.requireNonNull(ledger.outcome(job, batch));
      for (var error : ItemOutcomes.fromJson(outcome.body()).errors()) {
        groups
            .computeIfAbsent(Same.of(error.error()), same -> new ArrayList<>())
            .add(new Failed(batch, error));
      }
    }
    var told = 0;
    for (var failed : groups.values().stream().limit(ERRORS_SHOWN).toList()) {
      var first = failed.getFirst();
      out.printf(
          Locale.ROOT,
          "  item %d (%s) failed, %s, %s%n",
          first.number(input),
          first.place(input),
          attempts(first.error.attempts()),
          sentence(first.error.error()));
      stack(first.error.error(), first.batch, stacks);
      if (failed.size() > 1) {
        out.printf(
            Locale.ROOT,
            "      the same error in %,d more item%s: %s%s%n",
            failed.size() - 1,
            failed.size() == 2 ? "" : "s",
            failed.stream()
                .skip(1)
                .limit(BATCHES_NAMED)
                .map(one -> "" + one.number(input))
                .collect(Collectors.joining(", ")),
            failed.size() - 1 > BATCHES_NAMED ? ", …" : "");
      }
      told += failed.size();
    }
    var more = ledger.counts(job).failedItems() - told;
    if (more > 0) {
      out.printf(Locale.ROOT, "  and %,d more failed items; --errors FILE writes them all%n", more);
    }
  }

  /** An item that failed alone. */
  private record Failed(int batch, ItemOutcomes.ItemError error) {
    int number(Input input) {
      return input.firstItem(batch) + error.item();
    }

    String place(Input input) {
      var source = input.source(batch, error.item());
      return source == null ? "batch " + batch : source;
    }
  }

  /** What makes two failures one to a reader: the same words. */
  private record Same(BatchError.Reason reason, @Nullable String type, String message) {
    static Same of(BatchError error) {
      return new Same(error.reason(), error.type(), error.message());
    }
  }

  private static String items(int batch, Input input) {
    var first = input.firstItem(batch);
    var last = first + input.itemsIn(batch) - 1;
    var items = first == last ? "item " + first : "items %d to %d".formatted(first, last);
    var source = input.source(batch);
    return source == null ? items : items + ", " + source;
  }

  private void failed(String what, Outcome outcome) {
    out.printf(
        Locale.ROOT,
        "  %s failed, %s, %s%n",
        what,
        attempts(outcome.attempts()),
        sentence(error(outcome)));
  }

  private static String attempts(int number) {
    return number == 1 ? "1 attempt" : number + " attempts";
  }

  private static BatchError error(Outcome outcome) {
    return BatchError.fromJson(outcome.body());
  }

  private static String sentence(BatchError error) {
    var message = Visible.text(error.message()).replace("\n", "\n      ");
    return "%s: %s"
        .formatted(
            error.reason(),
            error.type() == null || error.type().equals(error.reason().name())
                ? message
                : error.type() + ": " + message);
  }

  /** Each stack once: frames say the same whatever the message that Python puts below them. */
  private void stack(BatchError error, int batch, Map<String, Integer> before) {
    var stack = error.stack();
    if (stack == null) {
      return;
    }
    var first = before.putIfAbsent(stack.replace(error.message(), ""), batch);
    if (first == null) {
      Stack.where(stack).ifPresent(where -> out.println("      at " + Visible.text(where)));
      Stack.shown(stack).forEach(line -> out.println("      " + Visible.text(line)));
    } else {
      out.printf("      (the same stack as batch %d)%n", first);
    }
  }

  private void alike(List<Integer> batches) {
    if (!batches.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "      the same error in %,d more batch%s: %s%s%n",
          batches.size(),
          batches.size() == 1 ? "" : "es",
          batches.stream().limit(BATCHES_NAMED).map(b -> "" + b).collect(Collectors.joining(", ")),
          batches.size() > BATCHES_NAMED ? ", …" : "");
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
          "%,d samples, min %s, mean %s, max %s, p50 %s, p95 %s, p99 %s"
              .formatted(
                  row.samples(),
                  number(row.min()),
                  number(row.mean()),
                  number(row.max()),
                  number(row.quantiles().p50()),
                  number(row.quantiles().p95()),
                  number(row.quantiles().p99()));
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, "%.4g", value);
  }
}
