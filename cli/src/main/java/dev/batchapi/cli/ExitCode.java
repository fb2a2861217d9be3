package dev.batchapi.cli;

import dev.batchapi.queue.End.Verdict;

/** Exit codes of {@code batchapi run}: a contract with scripts. */
public enum ExitCode {
  SUCCEEDED(0),
  UNEXPECTED(1),
  BATCHES_FAILED(2),
  HANDLER_INVALID(3),
  JOB_FAILED(4),
  USAGE(64),
  CANCELLED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static ExitCode of(Verdict verdict) {
    return switch (verdict) {
      case Complete -> SUCCEEDED;
      case BatchesFailed, ItemsFailed, TooManyFailures -> BATCHES_FAILED;
      case HandlerInvalid -> HANDLER_INVALID;
      case WorkersFailed, DeadlineExceeded, OnJobCompleteFailed, RunTampered, QueueMisused ->
          JOB_FAILED;
      case Cancelled -> CANCELLED;
    };
  }
}
