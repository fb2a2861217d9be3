package dev.batchapi.operator.pod;

/**
 * What lies in the job's namespace is not what the operator wrote there when the job was accepted.
 * The message names the object, and is meant for people.
 */
public final class TamperedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TamperedException(String message) {
    super(message);
  }
}
