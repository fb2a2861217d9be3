package dev.batchapi.runtime.worker;

import dev.batchapi.queue.BatchError;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;

/** Reads what a host answers to HANDLE and COMPLETE: RESULT or FAILED. */
final class AnswerReader {
  private AnswerReader() {}

  /**
   * The answer in a frame.
   *
   * @throws IOException if it is another frame, or its body can't be read
   */
  static Answer read(Frame frame) throws IOException {
    return switch (frame.type()) {
      case RESULT -> result(frame.body());
      case FAILED -> failed(HandlerError.decode(frame.body()));
      default -> throw new ProtocolException(frame.type() + " where a RESULT was due");
    };
  }

  /** Hosts keep the rules themselves; one that doesn't must not break the ledger. */
  private static Answer result(byte[] json) {
    var wrong = ResultCheck.wrong(json, Start.Limits.DEFAULT.resultBytes());
    return wrong.isEmpty()
        ? new Answer.Result(json)
        : new Answer.Failed(BatchError.of(BatchError.Reason.ResultInvalid, wrong.get()));
  }

  private static Answer failed(HandlerError error) {
    return error.reason() == HandlerError.Reason.WorkerBroken
        ? new Answer.Broke(error(error))
        : new Answer.Failed(error(error));
  }

  private static BatchError error(HandlerError error) {
    var reason =
        switch (error.reason()) {
          case HandlerFailed, WorkerBroken -> BatchError.Reason.HandlerFailed;
          case FatalError -> BatchError.Reason.FatalError;
          case ResultInvalid -> BatchError.Reason.ResultInvalid;
        };
    return new BatchError(
        reason,
        error.message(),
        error.type().isEmpty() ? null : error.type(),
        error.stack().isEmpty() ? null : error.stack());
  }
}
