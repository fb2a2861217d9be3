package dev.batchapi.handler;

import org.jspecify.annotations.Nullable;

/**
 * Says that the process can handle nothing any more, such as one whose GPU has failed. It fails the
 * attempt, which is tried again as any other, and the process is replaced before it gets another
 * batch. The handler is not closed.
 */
public class WorkerBrokenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WorkerBrokenException(String message) {
    super(message);
  }

  public WorkerBrokenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
