package dev.batchapi.crds;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the rules that are broken. */
final class Findings {
  private final List<Problem> problems = new ArrayList<>();

  void require(boolean holds, String path, String message) {
    if (!holds) {
      add(new Problem(path, message));
    }
  }

  /** What is not set matches. */
  void matches(@Nullable String text, String regex, String path, String message) {
    require(text == null || text.matches(regex), path, message);
  }

  void add(Problem problem) {
    problems.add(problem);
  }

  List<Problem> all() {
    return List.copyOf(problems);
  }

  /** Checks each entry of a list, if there is one, under its own path. */
  static <T> void each(@Nullable List<T> list, String path, Check<T> check) {
    for (int i = 0; list != null && i < list.size(); i++) {
      check.at(list.get(i), "%s[%d]".formatted(path, i));
    }
  }

  interface Check<T> {
    void at(T value, String path);
  }
}
