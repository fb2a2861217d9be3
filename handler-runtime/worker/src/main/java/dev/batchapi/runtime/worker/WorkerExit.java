package dev.batchapi.runtime.worker;

import dev.batchapi.contract.ExitCode;

/**
 * How a worker ended. The codes are a contract with the operator:
 * docs/protocol/worker-and-operator.md.
 *
 * @param reason what kind of end
 * @param message last words: what a person needs to know; goes to the termination message
 */
public record WorkerExit(Reason reason, String message) {

  /** The kinds of end, each with its exit code. */
  public enum Reason {
    /** The job has its end record, or the worker had nothing in hand when it was told to stop. */
    DONE(ExitCode.DONE),
    /** The handler can't be used: the job fails at once. */
    HANDLER_INVALID(ExitCode.HANDLER_INVALID),
    /** The handler could not be constructed here: another worker may try. */
    HANDLER_BROKEN(ExitCode.HANDLER_BROKEN),
    /** The host ended or was ended, its batch is accounted for; another worker goes on. */
    HOST_ENDED(ExitCode.HOST_ENDED),
    /** No host came to the socket in time. */
    HOST_ABSENT(ExitCode.HOST_ABSENT),
    /** The queue refused this worker for good: its credentials have expired or been revoked. */
    QUEUE_REFUSED(ExitCode.QUEUE_REFUSED),
    /** What is mounted is not what the job was accepted with: the job ends. */
    TAMPERED(ExitCode.TAMPERED),
    /** A store refuses what the job's files are read with: the job ends. */
    STORE_REFUSED(ExitCode.STORE_REFUSED),
    /** Something that should not happen, a fault of ours. */
    UNEXPECTED(ExitCode.UNEXPECTED),
    /** Told to stop with a batch in hand: it was given back. */
    RELEASED(ExitCode.RELEASED);

    private final ExitCode code;

    Reason(ExitCode code) {
      this.code = code;
    }

    public int code() {
      return code.code();
    }
  }

  /** The end of a worker that gets no host. */
  static WorkerExit of(HostStartException e) {
    var reason =
        switch (e.kind()) {
          case INVALID -> Reason.HANDLER_INVALID;
          case BROKEN -> Reason.HANDLER_BROKEN;
          case ABSENT -> Reason.HOST_ABSENT;
        };
    return new WorkerExit(reason, e.lastWords());
  }
}
