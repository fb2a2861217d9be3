package dev.batchapi.contract;

import java.util.Arrays;
import java.util.Optional;

/**
 * The codes with which a worker's process says how it ended: {@code
 * docs/protocol/worker-and-operator.md}.
 */
public enum ExitCode {
  /** The job has its end record, or the worker had nothing in hand when it was told to stop. */
  DONE(0),
  /** The handler can't be used: the job fails at once. */
  HANDLER_INVALID(3),
  /** The handler could not be constructed here: another worker may try. */
  HANDLER_BROKEN(4),
  /** The host ended or was ended, its batch is accounted for; another worker goes on. */
  HOST_ENDED(5),
  /** No host came to the socket in time. */
  HOST_ABSENT(6),
  /** The queue refused this worker for good: its credentials have expired or been revoked. */
  QUEUE_REFUSED(7),
  /** What is mounted is not what the job was accepted with: the job ends. */
  TAMPERED(8),
  /** A store refuses the worker: credentials, permissions, a bucket: the job ends. */
  STORE_REFUSED(9),
  /**
   * A splitter's or collector's: the queue or a store is away or full, which the next one may find
   * otherwise.
   */
  STORAGE_UNAVAILABLE(10),
  /** A variable of its environment is missing or wrong. */
  USAGE(64),
  /** Something that should not happen, a fault of ours. */
  UNEXPECTED(70),
  /** Told to stop with a batch in hand: it was given back. */
  RELEASED(143);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** What a process's exit code says; empty for one that no worker chooses: it was killed. */
  public static Optional<ExitCode> of(int code) {
    return Arrays.stream(values()).filter(exit -> exit.code == code).findFirst();
  }
}
