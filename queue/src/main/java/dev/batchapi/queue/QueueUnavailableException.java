package dev.batchapi.queue;

import org.jspecify.annotations.Nullable;

/** The queue could not be reached, or did not answer in time. The same call may succeed later. */
public class QueueUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QueueUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
