package dev.batchapi.queue;

import org.jspecify.annotations.Nullable;

/**
 * The queue refused the credentials, or they have expired: the connection is closed for good, and
 * the same call will never succeed.
 */
public final class QueueAccessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QueueAccessException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
