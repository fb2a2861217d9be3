package dev.batchapi.operator.pod;

/**
 * A BatchAPI of whose pod settings no pod can be made. The message names the field and the way out,
 * and is meant for people.
 */
public final class PodTemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  PodTemplateException(String message) {
    super(message);
  }

  PodTemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
