package dev.batchapi.cli.run;

import java.util.ArrayList;
import java.util.List;

/** An author's stack, shortened so that the line that threw stays. */
final class Stack {
  private static final int LINES = 12;
  private static final int HEAD = 2;

  private Stack() {}

  /**
   * The lines to show. Python's innermost frame is the last one. Java's is the first, and what
   * caused it stands at the end.
   */
  static List<String> shown(String stack) {
    var lines = stack.strip().lines().toList();
    if (lines.size() <= LINES) {
      return lines;
    }
    if (lines.getFirst().startsWith("Traceback")) {
      return withoutMiddle(lines, HEAD, LINES - HEAD);
    }
    var cause = lines.stream().filter(line -> line.startsWith("Caused by:")).reduce((a, b) -> b);
    var fromCause = cause.map(line -> lines.size() - lines.lastIndexOf(line)).orElse(0);
    var tail = Math.min(fromCause, LINES / 2);
    return withoutMiddle(lines.subList(0, lines.size() - fromCause + tail), LINES - tail, tail);
  }

  private static List<String> withoutMiddle(List<String> lines, int head, int tail) {
    var shown = new ArrayList<>(lines.subList(0, head));
    shown.add(more(lines.size() - head - tail));
    shown.addAll(lines.subList(lines.size() - tail, lines.size()));
    return shown;
  }

  private static String more(int lines) {
    return "… %d more lines".formatted(lines);
  }
}
