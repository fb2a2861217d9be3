package dev.batchapi.data.store;

import org.jspecify.annotations.Nullable;

/**
 * A store refuses, and will do so again: credentials, permissions, a bucket that isn't there. The
 * message is one sentence that names bucket, endpoint and identity, and never a secret.
 */
public class StoreRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  public StoreRefusedException(String message) {
    this(message, null);
  }
}
