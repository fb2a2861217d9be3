package dev.batchapi.contract;

import org.jspecify.annotations.Nullable;

/** What was read is no frozen run. The message names the field and is meant for people. */
public final class RunSpecException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunSpecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
