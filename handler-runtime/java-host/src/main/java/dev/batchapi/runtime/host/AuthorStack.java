package dev.batchapi.runtime.host;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A stack trace as Java prints it, with the author's frames and what they called, without the
 * host's.
 */
final class AuthorStack {
  /** Frames of one exception; a recursion without end has the same few again and again. */
  private static final int FRAMES = 60;

  /** Exceptions in all; causes and suppressed ones can be any number. */
  private static final int EXCEPTIONS = 20;

  /** Characters: far more than an error has room for, and messages can be any length. */
  private static final int MOST = 64 << 10;

  private static final String HOST = "dev.batchapi.runtime.";
  private static final List<String> OURS = List.of(HOST, "dev.batchapi.metrics.");

  /** What the host calls the author through. */
  private static final List<String> BRIDGE =
      List.of(
          "java.lang.reflect.",
          "jdk.internal.",
          "java.lang.Class",
          "java.lang.Thread",
          "com.fasterxml.jackson.");

  private final StringBuilder text = new StringBuilder();
  private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private int shown;
  private boolean full;

  private AuthorStack() {}

  static String of(Throwable thrown) {
    AuthorStack stack = new AuthorStack();
    try {
      stack.add("", "", thrown, List.of());
    } catch (Throwable broken) {
      // Its own methods may throw anything, and memory may be short.
      stack
          .text
          .append("\t(the rest can't be read: ")
          .append(broken.getClass().getName())
          .append(")\n");
    }
    return stack.text.toString();
  }

  /** Where a thread stood. */
  static String of(String caption, StackTraceElement[] frames) {
    var text = new StringBuilder(caption).append('\n');
    List<StackTraceElement> authors = authors(List.of(frames));
    authors.stream()
        .limit(FRAMES)
        .forEach(frame -> text.append("\tat ").append(frame).append('\n'));
    return text.toString();
  }

  /**
   * Adds an exception and what is behind it.
   *
   * @param around the frames of the one that it caused: those in common are not shown again, or the
   *     last cause, which says what it was, would be what is cut off
   */
  private void add(
      String indent, String caption, Throwable thrown, List<StackTraceElement> around) {
    if (full) {
      return;
    }
    if (++shown > EXCEPTIONS || text.length() > MOST) {
      full = true;
      text.append(indent).append("\t(more causes left out)\n");
      return;
    }
    text.append(indent).append(caption).append(AuthorErrors.line(thrown)).append('\n');
    if (!seen.add(thrown)) {
      text.append(indent).append("\t(shown above)\n");
      return;
    }
    List<StackTraceElement> frames = authors(List.of(thrown.getStackTrace()));
    int most = Math.min(FRAMES, frames.size() - inCommon(frames, around));
    for (StackTraceElement frame : frames.subList(0, most)) {
      text.append(indent).append("\tat ").append(frame).append('\n');
    }
    if (frames.size() > most) {
      text.append(indent).append("\t... ").append(frames.size() - most).append(" more\n");
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      add(indent + "\t", "Suppressed: ", suppressed, frames);
    }
    if (thrown.getCause() != null) {
      add(indent, "Caused by: ", thrown.getCause(), frames);
    }
  }

  private static int inCommon(List<StackTraceElement> frames, List<StackTraceElement> around) {
    int most = Math.min(frames.size(), around.size());
    int common = 0;
    while (common < most && frames.reversed().get(common).equals(around.reversed().get(common))) {
      common++;
    }
    return common;
  }

  /** Without our frames at the top, and from the first of ours on that called the author. */
  private static List<StackTraceElement> authors(List<StackTraceElement> frames) {
    int from = 0;
    while (from < frames.size() && isOneOf(frames.get(from), OURS)) {
      from++;
    }
    int to = from;
    while (to < frames.size() && !frames.get(to).getClassName().startsWith(HOST)) {
      to++;
    }
    boolean cut = to < frames.size();
    int end = to;
    while (cut && end > from && isOneOf(frames.get(end - 1), BRIDGE)) {
      end--;
    }
    return frames.subList(from, end);
  }

  private static boolean isOneOf(StackTraceElement frame, List<String> prefixes) {
    return prefixes.stream().anyMatch(frame.getClassName()::startsWith);
  }
}
