package dev.batchapi.cli.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** An author's stack, shortened so that the line that threw stays. */
final class Stack {
  private static final int LINES = 12;
  private static final int HEAD = 2;
  private static final Pattern PYTHON_FRAME =
      Pattern.compile("^ +File \"([^\"]+)\", line (\\d+), in (.+)$", Pattern.MULTILINE);
  private static final Pattern LIBRARY = Pattern.compile("/lib(64)?/python|/(site|dist)-packages/");
  private static final Pattern JAVA_FRAME =
      Pattern.compile("^\\s*at (?:.*\\.)?([\\w$<>]+\\.[\\w$<>]+)\\((.+)\\)$", Pattern.MULTILINE);

  /** Of a module of Java's own, as in {@code at java.base/java.lang.Thread.sleep(…)}. */
  private static final Pattern JDK_FRAME = Pattern.compile("^\\s*at (java|jdk)\\.[\\w.]+/");

  private Stack() {}

  /**
   * The lines to show. Python's innermost frame is the last one. Java's is the first, and what
   * caused it stands at the end.
   */
  static List<String> shown(String stack) {
    var lines = stack.strip().lines().toList();
    if (lines.size() <= LINES + 1) { // a line in place of one line would save nothing
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

  /**
   * Where the author's code was, as {@code handler.py:17, in count}: of what was thrown last the
   * innermost frame that is not in Python's, Java's or a package's own files. Empty if the stack
   * has none.
   */
  static Optional<String> where(String stack) {
    var python = PYTHON_FRAME.matcher(stack).results().toList();
    var own = python.stream().filter(frame -> !LIBRARY.matcher(frame.group(1)).find()).toList();
    if (!python.isEmpty()) {
      var frame = (own.isEmpty() ? python : own).getLast();
      var file = frame.group(1).substring(frame.group(1).lastIndexOf('/') + 1);
      return Optional.of("%s:%s, in %s".formatted(file, frame.group(2), frame.group(3)));
    }
    var java = JAVA_FRAME.matcher(stack).results().toList();
    return java.stream()
        .filter(frame -> !JDK_FRAME.matcher(frame.group()).find())
        .findFirst()
        .or(() -> java.stream().findFirst())
        .map(frame -> "%s, in %s".formatted(frame.group(2), frame.group(1)));
  }

  private static List<String> withoutMiddle(List<String> lines, int head, int tail) {
    var shown = new ArrayList<>(lines.subList(0, head));
    shown.add(more(lines.size() - head - tail));
    shown.addAll(lines.subList(lines.size() - tail, lines.size()));
    return shown;
  }

  private static String more(int lines) {
    return "… %d more line%s".formatted(lines, lines == 1 ? "" : "s");
  }
}
