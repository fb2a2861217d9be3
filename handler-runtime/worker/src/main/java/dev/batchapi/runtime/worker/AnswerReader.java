package dev.batchapi.runtime.worker;

import dev.batchapi.contract.JsonElements;
import dev.batchapi.queue.BatchError;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Items;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.TreeMap;

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
      case ITEMS -> items(Items.decode(frame.body()));
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

  private static Answer items(Items items) throws IOException {
    var wrong = ResultCheck.wrong(items.results(), Start.Limits.DEFAULT.resultBytes());
    if (wrong.isPresent()) {
      return new Answer.Failed(BatchError.of(BatchError.Reason.ResultInvalid, wrong.get()));
    }
    var results = JsonElements.split(new String(items.results(), StandardCharsets.UTF_8));
    if (items.errors().lastKey() >= results.size()) {
      throw new ProtocolException(
          "ITEMS with an error of item %d of %d"
              .formatted(items.errors().lastKey(), results.size()));
    }
    var errors = new TreeMap<Integer, BatchError>();
    var uncounted = new TreeMap<Integer, Duration>();
    items
        .errors()
        .forEach(
            (item, error) -> {
              if (error.reason() == HandlerError.Reason.NotBegun) {
                uncounted.put(item, Duration.ZERO);
              } else {
                errors.put(item, error(error));
              }
            });
    if (uncounted.size() == results.size()) {
      // A deadline that passes before anything is begun would pass so for ever.
      items.errors().forEach((item, error) -> errors.put(item, error(error)));
      uncounted.clear();
    }
    var breakage =
        items.errors().values().stream()
            .filter(error -> error.reason() == HandlerError.Reason.WorkerBroken)
            .map(AnswerReader::error)
            .findFirst();
    return new Answer.Items(results, errors, uncounted, breakage);
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
          case TimedOut, NotBegun -> BatchError.Reason.BatchTimedOut;
          case ResultInvalid -> BatchError.Reason.ResultInvalid;
        };
    return new BatchError(
        reason,
        error.message(),
        error.type().isEmpty() ? null : error.type(),
        error.stack().isEmpty() ? null : error.stack());
  }
}
