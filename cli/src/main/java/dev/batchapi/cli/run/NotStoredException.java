package dev.batchapi.cli.run;

/** A run's results are whole, and a store doesn't take them; the message says where they are. */
final class NotStoredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotStoredException(String message, Throwable cause) {
    super(message, cause);
  }
}
