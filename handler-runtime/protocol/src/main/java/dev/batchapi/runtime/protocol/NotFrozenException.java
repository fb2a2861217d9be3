package dev.batchapi.runtime.protocol;

/** What is mounted is not what the job was accepted with; the message names the folder. */
public final class NotFrozenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotFrozenException(String message) {
    super(message);
  }
}
