package dev.batchapi.handler;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of one item, in the list that {@link BatchHandler#handleBatch} returns: one item's
 * failure is not its neighbours'. Only the items that failed are handed over again.
 *
 * @param <R> the type of an item's result
 */
public final class ItemResult<R> {
  private final @Nullable R result;
  private final @Nullable Throwable error;

  private ItemResult(@Nullable R result, @Nullable Throwable error) {
    this.result = result;
    this.error = error;
  }

  /** The item's result; null is none. */
  public static <R> ItemResult<R> ok(@Nullable R result) {
    return new ItemResult<>(result, null);
  }

  /**
   * The item failed.
   *
   * @param error why; a {@link FatalBatchException}, or an {@link ItemException} that is fatal,
   *     says that it is not to be tried again
   */
  public static <R> ItemResult<R> failed(Throwable error) {
    return new ItemResult<>(null, Objects.requireNonNull(error, "error"));
  }

  /** The result; null if there is none, or the item failed. */
  public @Nullable R result() {
    return result;
  }

  /** Why the item failed; null if it didn't. */
  public @Nullable Throwable error() {
    return error;
  }
}
