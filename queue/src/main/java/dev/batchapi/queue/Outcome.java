package dev.batchapi.queue;

import java.io.UncheckedIOException;

/**
 * How a batch ended: its one line in the ledger.
 *
 * @param kind whether it succeeded
 * @param attempts attempts it took, the last one included; at least 1
 * @param body the result as JSON (empty: no result), or a {@link BatchError} as JSON
 */
public record Outcome(Kind kind, int attempts, byte[] body) {
  /** Bytes of a body at most; a worker looks before it commits. */
  public static final int MAX_BYTES = 256 * 1024;

  /** Carried in a header, so that counting needs no bodies. */
  public enum Kind {
    SUCCEEDED,
    FAILED
  }

  public static Outcome succeeded(int attempts, byte[] result) {
    return new Outcome(Kind.SUCCEEDED, attempts, result);
  }

  public static Outcome failed(int attempts, BatchError error) {
    return new Outcome(Kind.FAILED, attempts, error.toJson());
  }

  /** How many of its attempts failed. A batch given up for lost workers failed no last attempt. */
  public int failedAttempts() {
    return kind == Kind.SUCCEEDED || isWorkerLost() ? attempts - 1 : attempts;
  }

  private boolean isWorkerLost() {
    try {
      return BatchError.fromJson(body).reason() == BatchError.Reason.WorkerLost;
    } catch (UncheckedIOException e) {
      return false; // what we can't read is an ordinary failure
    }
  }
}
