package dev.batchapi.cli.manifest;

import java.util.List;
import java.util.stream.Collectors;

/** The files cannot be run. The message has a line for each problem. */
public final class ManifestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  ManifestException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All of them, at least one, file by file and in the order of lines. */
  public List<Problem> problems() {
    return problems;
  }
}
