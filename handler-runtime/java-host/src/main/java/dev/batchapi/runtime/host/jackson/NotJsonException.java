package dev.batchapi.runtime.host.jackson;

import java.io.IOException;

/** A part of a result has no form in JSON; none of Jackson's exceptions, so it isn't wrapped. */
final class NotJsonException extends IOException {
  private static final long serialVersionUID = 1L;

  NotJsonException(String message) {
    super(message);
  }
}
