package dev.batchapi.handler;

/**
 * A metric was pushed under a name that starts with a prefix reserved by the platform. Fails the
 * batch for good, unless the handler catches it.
 */
public class ReservedMetricNameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ReservedMetricNameException(String message) {
    super(message);
  }
}
