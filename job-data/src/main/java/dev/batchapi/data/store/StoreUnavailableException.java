package dev.batchapi.data.store;

import org.jspecify.annotations.Nullable;

/** A store doesn't answer, or says that it can't now: later it may. The message has its words. */
public class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
