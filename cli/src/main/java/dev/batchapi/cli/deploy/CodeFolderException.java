package dev.batchapi.cli.deploy;

import java.util.List;

/** A folder's code can't become a ConfigMap. */
final class CodeFolderException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  CodeFolderException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** All of them, a sentence each. */
  List<String> problems() {
    return problems;
  }
}
