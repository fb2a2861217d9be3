package dev.batchapi.handler;

import org.jspecify.annotations.Nullable;

/** Fails one item: thrown by an {@link ItemHandler}, or given to {@link ItemResult#failed}. */
public class ItemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean fatal;

  /**
   * An item's failure.
   *
   * @param fatal whether the item is not to be tried again
   */
  public ItemException(String message, boolean fatal) {
    this(message, fatal, null);
  }

  /**
   * The same with what it came from.
   *
   * @param fatal whether the item is not to be tried again
   */
  public ItemException(String message, boolean fatal, @Nullable Throwable cause) {
    super(message, cause);
    this.fatal = fatal;
  }

  /** Whether the item is not to be tried again. */
  public boolean isFatal() {
    return fatal;
  }
}
