package dev.batchapi.queue;

import org.jspecify.annotations.Nullable;

/**
 * The queue has no room left. The same call succeeds once work was done, or its limit is raised.
 */
public final class QueueFullException extends QueueUnavailableException {
  private static final long serialVersionUID = 1L;

  public QueueFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
