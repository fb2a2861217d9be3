package dev.batchapi.runtime.host;

/** The author's constructor, or a static initializer, threw the cause. */
final class HandlerBrokenException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Throwable thrown;

  HandlerBrokenException(Throwable thrown) {
    super(thrown);
    this.thrown = thrown;
  }

  Throwable thrown() {
    return thrown;
  }
}
