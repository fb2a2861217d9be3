package dev.batchapi.runtime.worker;

import dev.batchapi.contract.JsonElements;
import dev.batchapi.data.results.LargeJson;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Outcome;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.Items;
import dev.batchapi.runtime.protocol.ProtocolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what a host answers to HANDLE and COMPLETE: RESULT, ITEMS or FAILED. */
final class AnswerReader {
  /** Its type says of a broken process that it goes on in spite of the deadline. */
  private static final String TIMED_OUT = HandlerError.Reason.TimedOut.name();

  /** Far more than a payload of 1 MiB has. */
  private static final int MOST_ITEMS = 1 << 20;

  private final int limit;

  /**
   * @param limit bytes of a result that are allowed
   */
  AnswerReader(int limit) {
    this.limit = limit;
  }

  /**
   * The answer in a frame.
   *
   * @param parts what came of its results before it; null: nothing. It is closed with the answer
   * @throws IOException if it is another frame, or its body can't be read
   * @throws UncheckedIOException if the worker's own disk does not hold it
   */
  Answer read(Frame frame, @Nullable LargeJson parts) throws IOException {
    try {
      var answer =
          switch (frame.type()) {
            case RESULT -> result(parts, frame.body());
            case ITEMS -> items(Items.decode(frame.body()), parts);
            case FAILED -> failed(HandlerError.decode(frame.body()));
            default -> throw new ProtocolException(frame.type() + " where a RESULT was due");
          };
      if (answer instanceof Answer.Failed) {
        close(parts);
      }
      return answer;
    } catch (IOException | RuntimeException e) {
      close(parts);
      throw e;
    }
  }

  private static void close(@Nullable LargeJson parts) {
    if (parts != null) {
      parts.close();
    }
  }

  /** Hosts keep the rules themselves; one that doesn't must not break the ledger. */
  private Answer result(@Nullable LargeJson parts, byte[] json) throws IOException {
    if (parts == null && json.length <= Outcome.MAX_BYTES) {
      return ResultCheck.wrong(json, limit)
          .<Answer>map(AnswerReader::invalid)
          .orElseGet(() -> new Answer.Result(json));
    }
    var whole = whole(parts, json);
    var wrong = ResultCheck.wrong(whole, limit);
    if (wrong.isPresent()) {
      whole.close();
      return invalid(wrong.get());
    }
    return new Answer.Large(whole);
  }

  private static LargeJson whole(@Nullable LargeJson parts, byte[] rest) {
    try {
      var whole = parts == null ? LargeJson.create() : parts;
      whole.add(rest, 0, rest.length);
      return whole;
    } catch (IOException e) {
      throw ofOwnDisk(e);
    }
  }

  /** No fault of the host's: it costs the batch no attempt, and ends the worker. */
  static UncheckedIOException ofOwnDisk(IOException e) {
    return new UncheckedIOException(
        "The worker's own disk does not hold a result: " + e.getMessage(), e);
  }

  private static Answer invalid(String message) {
    return new Answer.Failed(BatchError.of(BatchError.Reason.ResultInvalid, message));
  }

  private Answer items(Items items, @Nullable LargeJson parts) throws IOException {
    return switch (result(parts, items.results())) {
      case Answer.Result(var json) ->
          items(
              items,
              JsonElements.split(new String(json, StandardCharsets.UTF_8)).stream()
                  .map(ResultJson::of)
                  .toList(),
              null);
      case Answer.Large(var json) -> {
        var results = new ArrayList<ResultJson>();
        var found =
            json.elements(
                (index, element) -> {
                  if (index >= MOST_ITEMS) {
                    throw new ProtocolException("ITEMS of more items than a batch has");
                  }
                  results.add(ResultJson.of(element));
                });
        if (found < 0) {
          throw new ProtocolException("ITEMS whose results are no list");
        }
        yield items(items, results, json);
      }
      case Answer other -> other;
    };
  }

  private static Answer items(Items items, List<ResultJson> results, @Nullable LargeJson file)
      throws ProtocolException {
    if (items.errors().lastKey() >= results.size()) {
      throw new ProtocolException(
          "ITEMS with an error of item %d of %d"
              .formatted(items.errors().lastKey(), results.size()));
    }
    var errors = new TreeMap<Integer, BatchError>();
    var uncounted = new TreeMap<Integer, Duration>();
    var asked = new TreeMap<Integer, BatchError>();
    items
        .errors()
        .forEach(
            (item, error) -> {
              if (error.reason() == HandlerError.Reason.NotBegun) {
                uncounted.put(item, Duration.ZERO);
              } else if (error.reason() == HandlerError.Reason.RetryLater) {
                uncounted.put(item, Duration.ofMillis(error.afterMillis()));
                asked.put(item, error(error));
              } else {
                errors.put(item, error(error));
              }
            });
    if (uncounted.size() == results.size() && asked.isEmpty()) {
      // A deadline that passes before anything is begun would pass so for ever.
      items.errors().forEach((item, error) -> errors.put(item, error(error)));
      uncounted.clear();
    }
    var breakage =
        items.errors().values().stream()
            .filter(error -> error.reason() == HandlerError.Reason.WorkerBroken)
            .map(AnswerReader::error)
            .findFirst();
    return new Answer.Items(results, errors, uncounted, asked, breakage, file);
  }

  private static Answer failed(HandlerError error) {
    return switch (error.reason()) {
      case WorkerBroken -> new Answer.Broke(error(error));
      case RetryLater -> new Answer.Later(Duration.ofMillis(error.afterMillis()), error(error));
      default -> new Answer.Failed(error(error));
    };
  }

  private static BatchError error(HandlerError error) {
    var reason =
        switch (error.reason()) {
          case WorkerBroken ->
              error.type().equals(TIMED_OUT)
                  ? BatchError.Reason.BatchTimedOut
                  : BatchError.Reason.HandlerFailed;
          case HandlerFailed, RetryLater -> BatchError.Reason.HandlerFailed;
          case FatalError -> BatchError.Reason.FatalError;
          case TimedOut, NotBegun -> BatchError.Reason.BatchTimedOut;
          case ResultInvalid -> BatchError.Reason.ResultInvalid;
        };
    return new BatchError(
        reason,
        error.message(),
        error.type().isEmpty() ? null : error.type(),
        error.stack().isEmpty() ? null : error.stack(),
        error.ranMillis() < 0 ? null : error.ranMillis() / 1000.0);
  }
}
