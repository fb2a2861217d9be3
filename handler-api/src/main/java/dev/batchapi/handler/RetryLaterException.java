package dev.batchapi.handler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an item, or a batch, to be handed over again after a time, such as that of a
 * Retry-After. It costs no attempt. Thrown by a handler of items or of batches, or given to {@link
 * ItemResult#failed} for one item of a batch. One item, or one batch, may ask for 24 hours in all.
 */
public class RetryLaterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The longest time that one of them may say. */
  public static final Duration LONGEST = Duration.ofHours(1);

  private final Duration after;

  /**
   * Asks for it after so many seconds.
   *
   * @param seconds 0 to 3,600
   * @throws IllegalArgumentException if they are not
   */
  public RetryLaterException(long seconds) {
    this(Duration.ofSeconds(seconds), null, null);
  }

  /**
   * The same, with why.
   *
   * @param after up to {@link #LONGEST}
   * @throws IllegalArgumentException if it is longer, or negative
   */
  public RetryLaterException(Duration after, @Nullable String message, @Nullable Throwable cause) {
    super(
        message == null ? "to be called again in " + after.toMillis() / 1000.0 + " s" : message,
        cause);
    if (after.isNegative() || after.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "RetryLaterException(" + after + "): the time must be from 0 s to 3,600 s", cause);
    }
    this.after = after;
  }

  /** After which time. */
  public Duration after() {
    return after;
  }
}
