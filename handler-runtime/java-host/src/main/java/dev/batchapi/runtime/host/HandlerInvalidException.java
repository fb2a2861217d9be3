package dev.batchapi.runtime.host;

/** The handler can't be used, and never will; the message is for its author. */
final class HandlerInvalidException extends Exception {
  private static final long serialVersionUID = 1L;

  HandlerInvalidException(String message) {
    super(message);
  }
}
