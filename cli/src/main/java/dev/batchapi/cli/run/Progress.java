package dev.batchapi.cli.run;

import dev.batchapi.queue.Counts;
import dev.batchapi.queue.ItemCounts;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Shows how far a job is: a bar that redraws itself on a terminal, a line every few seconds
 * elsewhere. Everything else that is printed while a bar is drawn goes through {@link #above}.
 */
final class Progress {
  private static final int BAR = 20;

  /** Of a terminal that is narrower the bar has less. */
  private static final int ROOMY_COLUMNS = 100;

  private static final Duration LINE_EVERY = Duration.ofSeconds(5);
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Style style;
  private final String job;
  private final int total;
  private final int batchSize;
  private final int before;
  private final long started;
  private long lastLine;
  private boolean drawn;

  /**
   * Where and how progress is shown.
   *
   * @param out where
   * @param columns how wide the terminal is, asked for again and again, for people resize it; empty
   *     where there is none, on which a bar could be redrawn
   */
  record Style(PrintStream out, Supplier<OptionalInt> columns) {

    /** Plain lines, wherever it is. */
    static Style lines(PrintStream out) {
      return new Style(out, OptionalInt::empty);
    }

    /** None at all. */
    static Style none() {
      return new Style(new PrintStream(OutputStream.nullOutputStream()), OptionalInt::empty);
    }

    /** A bar if standard error is a terminal, otherwise lines. */
    static Style ofStandardError() {
      return new Style(System.err, () -> Terminal.columns(Terminal.STDERR));
    }
  }

  /** Of a job whose batches have one item each. */
  Progress(Style style, String job, int total, long nanoTime) {
    this(style, job, total, 1, 0, nanoTime);
  }

  /**
   * Begins.
   *
   * @param total how many items the job has
   * @param batchSize how many each batch has, but for the last
   * @param before batches that an earlier run has done
   * @param nanoTime now
   */
  Progress(Style style, String job, int total, int batchSize, int before, long nanoTime) {
    this.style = style;
    this.job = job;
    this.total = total;
    this.batchSize = batchSize;
    this.before = Math.clamp((long) before * batchSize, 0, total);
    this.started = nanoTime;
    this.lastLine = nanoTime;
  }

  /**
   * Shows how far it is.
   *
   * @param backoff until the last batch that waits for another attempt may have it
   */
  synchronized void show(Counts counts, Duration backoff, long nanoTime) {
    var columns = style.columns.get();
    if (columns.isPresent()) {
      style.out.print(CLEAR_LINE + line(counts, backoff, nanoTime, columns.getAsInt()));
      style.out.flush();
      drawn = true;
    } else if (nanoTime - lastLine >= LINE_EVERY.toNanos()) {
      lastLine = nanoTime;
      style.out.println(job + "  " + text(counts, backoff, nanoTime));
    }
  }

  /** Prints something else, without tearing the bar. */
  synchronized void above(Runnable print) {
    clear();
    print.run();
  }

  synchronized void clear() {
    if (drawn) {
      style.out.print(CLEAR_LINE);
      style.out.flush();
      drawn = false;
    }
  }

  /**
   * One column less than there are: a line that wraps can't be redrawn. What a narrow terminal has
   * no room for is left out from the end, the bar and the job's name first.
   */
  private String line(Counts counts, Duration backoff, long nanoTime, int columns) {
    var most = Math.max(columns - 1, 1);
    var text = text(counts, backoff, nanoTime);
    var named = job + "  " + text;
    var bar = bar(counts, columns < ROOMY_COLUMNS ? BAR / 2 : BAR) + "  ";
    if (bar.length() + named.length() <= most) {
      return bar + named;
    }
    if (named.length() <= most) {
      return named;
    }
    while (text.length() > most && text.contains(", ")) {
      text = text.substring(0, text.lastIndexOf(", "));
    }
    return text.substring(0, Math.min(text.length(), most));
  }

  private String bar(Counts counts, int width) {
    var full = (int) ((long) width * done(counts) / Math.max(total, 1));
    return "[" + "#".repeat(full) + " ".repeat(width - full) + "]";
  }

  private int done(Counts counts) {
    var items = ItemCounts.of(counts, total, batchSize);
    return items.succeeded() + items.failed();
  }

  private String text(Counts counts, Duration backoff, long nanoTime) {
    var seconds = (nanoTime - started) / 1e9;
    var done = done(counts);
    var failed = ItemCounts.of(counts, total, batchSize).failed();
    var percent = total == 0 ? 100 : 100L * done / total;
    var text =
        new StringBuilder(
            String.format(Locale.ROOT, "%,d of %,d items (%d%%)", done, total, percent));
    if (failed > 0) {
      text.append(String.format(Locale.ROOT, ", %,d failed", failed));
    }
    if (counts.failedAttempts() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              ", %,d failed attempt%s",
              counts.failedAttempts(),
              counts.failedAttempts() == 1 ? "" : "s"));
    }
    var rate = (done - before) / seconds;
    if (done > before) {
      text.append(
          rate < 10
              ? String.format(Locale.ROOT, ", %.1f/s", rate)
              : String.format(Locale.ROOT, ", %,.0f/s", rate));
    }
    text.append(String.format(Locale.ROOT, ", %.0f s", seconds));
    if (done > before && done < total) {
      // What waits for its next attempt is still to be done after its wait.
      var left =
          Math.max(
              (total - done) / rate,
              backoff.isZero() ? 0 : backoff.toMillis() / 1000.0 + batchSize / rate);
      text.append(String.format(Locale.ROOT, ", about %.0f s left", left));
    }
    return text.toString();
  }
}
