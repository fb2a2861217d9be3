package dev.batchapi.queue;

import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * How a batch ended: its one line in the ledger.
 *
 * @param kind whether it succeeded
 * @param attempts attempts it took, the last one included; at least 1
 * @param failedItems how many of its items failed alone: at least 1 if it is {@link Kind#PARTIAL},
 *     otherwise 0
 * @param body the result as JSON (empty: no result), a {@link BatchError} as JSON, or {@link
 *     ItemOutcomes} as JSON
 * @param stored where the result lies, or the list of the items' results, if it is too large for
 *     the body: that has no result then; null: it is in the body
 */
public record Outcome(
    Kind kind, int attempts, int failedItems, byte[] body, @Nullable StoredResult stored) {
  /** Bytes of a body at most; a worker looks before it commits. */
  public static final int MAX_BYTES = 256 * 1024;

  /** Carried in a header, so that counting needs no bodies. */
  public enum Kind {
    SUCCEEDED,
    FAILED,
    /** It has a result or an error for each of its items, and at least one error. */
    PARTIAL
  }

  public Outcome {
    if (failedItems < 0 || failedItems > 0 != (kind == Kind.PARTIAL)) {
      throw new IllegalArgumentException("%s with %d failed items".formatted(kind, failedItems));
    }
    if (stored != null && kind == Kind.FAILED) {
      throw new IllegalArgumentException("a failed batch has no result");
    }
  }

  /** Whose result is in the body. */
  public Outcome(Kind kind, int attempts, int failedItems, byte[] body) {
    this(kind, attempts, failedItems, body, null);
  }

  /** Of a batch none of whose items failed alone. */
  public Outcome(Kind kind, int attempts, byte[] body) {
    this(kind, attempts, 0, body);
  }

  public static Outcome succeeded(int attempts, byte[] result) {
    return new Outcome(Kind.SUCCEEDED, attempts, result);
  }

  /** Its result lies elsewhere. */
  public static Outcome succeeded(int attempts, StoredResult stored) {
    return new Outcome(Kind.SUCCEEDED, attempts, 0, new byte[0], stored);
  }

  public static Outcome failed(int attempts, BatchError error) {
    return new Outcome(Kind.FAILED, attempts, error.toJson());
  }

  /**
   * Some of its items failed.
   *
   * @throws IllegalArgumentException if none did
   */
  public static Outcome partial(int attempts, ItemOutcomes items) {
    return new Outcome(Kind.PARTIAL, attempts, items.errors().size(), items.toJson());
  }

  /**
   * Some of its items failed, and the results lie elsewhere.
   *
   * @param items without results
   */
  public static Outcome partial(int attempts, ItemOutcomes items, StoredResult stored) {
    return new Outcome(Kind.PARTIAL, attempts, items.errors().size(), items.toJson(), stored);
  }

  /** How many of its attempts failed. A batch given up for lost workers failed no last attempt. */
  public int failedAttempts() {
    return kind == Kind.SUCCEEDED || (kind == Kind.FAILED && isWorkerLost())
        ? attempts - 1
        : attempts;
  }

  private boolean isWorkerLost() {
    try {
      return BatchError.fromJson(body).reason() == BatchError.Reason.WorkerLost;
    } catch (UncheckedIOException e) {
      return false; // what we can't read is an ordinary failure
    }
  }
}
