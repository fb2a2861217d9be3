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
  private static final int WIDTH = 30;
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final String job;
  private final int total;
  private final long started;
  private long lastLine;
  private boolean drawn;

  Progress(PrintStream out, boolean terminal, String job, int total, long nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.job = job;
    this.total = total;
    this.started = nanoTime;
    this.lastLine = nanoTime;
  }

  /** Whether the standard streams are a person's terminal. */
  // JDK 25 gives null again where there is no terminal, unlike 22 to 24.
  @SuppressWarnings("SystemConsoleNull")
  static boolean onTerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  synchronized void show(Counts counts, long nanoTime) {
    if (terminal) {
      out.print(CLEAR_LINE + bar(counts) + "  " + text(counts, nanoTime));
      out.flush();
      drawn = true;
    } else if (nanoTime - lastLine >= LINE_EVERY.toNanos()) {
      lastLine = nanoTime;
      out.println(text(counts, nanoTime));
    }
  }

  /** Prints something else, without tearing the bar. */
  synchronized void above(Runnable print) {
    clear();
    print.run();
  }

  synchronized void clear() {
    if (drawn) {
      out.print(CLEAR_LINE);
      out.flush();
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
