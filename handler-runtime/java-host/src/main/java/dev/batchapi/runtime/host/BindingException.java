package dev.batchapi.runtime.host;

import org.jspecify.annotations.Nullable;

/** JSON and an author's type don't fit; the message is for the author. */
public final class BindingException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Says what doesn't fit.
   *
   * @param message names the place in the JSON, and the type
   * @param cause what the author's own code threw, if it was that
   */
  public BindingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
