package dev.batchapi.handler;

import org.jspecify.annotations.Nullable;

/** Fails the batch for good: it is recorded as failed and not tried again. */
public class FatalBatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FatalBatchException(String message) {
    super(message);
  }

  public FatalBatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
