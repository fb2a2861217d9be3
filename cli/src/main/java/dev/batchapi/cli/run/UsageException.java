package dev.batchapi.cli.run;

/** What was asked for can't be run; the message says why and what to do instead. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
