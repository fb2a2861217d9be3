package dev.batchapi.runtime.local;

import dev.batchapi.queue.Counts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far a job is: a bar that redraws itself on a terminal, a line every few seconds
 * elsewhere. Everything else that is printed while a bar is drawn goes through {@link #above}.
 */
final class Progress {
  private static final int WIDTH = 20;
  private static final int COLUMNS = 79;
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Style style;
  private final String job;
  private final int total;
  private final long started;
  private long lastLine;
  private boolean drawn;

  /**
   * Where and how progress is shown.
   *
   * @param out where
   * @param terminal whether a person's terminal is there, on which a bar can be redrawn
   */
  record Style(PrintStream out, boolean terminal) {

    /** Plain lines, wherever it is. */
    static Style lines(PrintStream out) {
      return new Style(out, false);
    }

    // JDK 25 gives null again where there is no terminal, unlike 22 to 24.
    @SuppressWarnings("SystemConsoleNull")
    static Style of(PrintStream out) {
      var console = System.console();
      return new Style(out, console != null && console.isTerminal());
    }
  }

  Progress(Style style, String job, int total, long nanoTime) {
    this.style = style;
    this.job = job;
    this.total = total;
    this.started = nanoTime;
    this.lastLine = nanoTime;
  }

  synchronized void show(Counts counts, long nanoTime) {
    if (style.terminal) {
      var line = bar(counts) + "  " + text(counts, nanoTime);
      // A line that wraps can't be redrawn.
      style.out.print(CLEAR_LINE + line.substring(0, Math.min(line.length(), COLUMNS)));
      style.out.flush();
      drawn = true;
    } else if (nanoTime - lastLine >= LINE_EVERY.toNanos()) {
      lastLine = nanoTime;
      style.out.println(text(counts, nanoTime));
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

  private String bar(Counts counts) {
    var full = (int) ((long) WIDTH * counts.done() / total);
    return "[" + "#".repeat(full) + " ".repeat(WIDTH - full) + "]";
  }

  private String text(Counts counts, long nanoTime) {
    var seconds = (nanoTime - started) / 1e9;
    var text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s  %,d of %,d batches (%d%%)",
                job,
                counts.done(),
                total,
                100L * counts.done() / total));
    if (counts.failed() > 0) {
      text.append(String.format(Locale.ROOT, ", %,d failed", counts.failed()));
    }
    if (counts.failedAttempts() > 0) {
      text.append(String.format(Locale.ROOT, ", %,d failed attempts", counts.failedAttempts()));
    }
    text.append(String.format(Locale.ROOT, ", %.0f s", seconds));
    if (counts.done() > 0 && counts.done() < total) {
      var left = seconds / counts.done() * (total - counts.done());
      text.append(String.format(Locale.ROOT, ", about %.0f s left", left));
    }
    return text.toString();
  }
}
