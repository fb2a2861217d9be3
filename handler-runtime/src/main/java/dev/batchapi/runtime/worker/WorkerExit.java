package dev.batchapi.runtime.worker;

/**
 * How a worker ended. The codes are a contract with the operator: docs/protocol.md.
 *
 * @param reason what kind of end
 * @param message last words: what a person needs to know; goes to the termination message
 */
public record WorkerExit(Reason reason, String message) {

  /** The kinds of end, each with its exit code. */
  public enum Reason {
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
    /** Something that should not happen, a fault of ours. */
    UNEXPECTED(70),
    /** Told to stop with a batch in hand: it was given back. */
    RELEASED(143);

    private final int code;

    Reason(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }
}
