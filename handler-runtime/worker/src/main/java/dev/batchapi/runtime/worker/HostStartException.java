package dev.batchapi.runtime.worker;

import org.jspecify.annotations.Nullable;

/** No handler could be constructed; the message is for the author. */
public class HostStartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What follows from it. */
  public enum Kind {
    /** The handler can't be used, here or anywhere. */
    INVALID,
    /** The handler's constructor threw, or its process ended before it was ready. */
    BROKEN,
    /** No host came within the time allowed. */
    ABSENT
  }

  private final Kind kind;
  private final String message;
  private final @Nullable String stack;

  /**
   * A host that did not get ready.
   *
   * @param stack the author's own frames; null if the code did not throw
   */
  public HostStartException(Kind kind, String message, @Nullable String stack) {
    super(message);
    this.kind = kind;
    this.message = message;
    this.stack = stack;
  }

  public Kind kind() {
    return kind;
  }

  /** The message, and the author's own frames if their code threw. */
  public String lastWords() {
    return stack == null ? message : message + "\n" + stack;
  }
}
