package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.StoredResult;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/** An outcome as a message: all that counting needs is in the headers. */
final class OutcomeRecord {
  static final String KIND = "Batch-Outcome";
  static final String ATTEMPTS = "Batch-Attempts";
  static final String FAILURES = "Batch-Failures";

  /** Only of a batch some of whose items failed. */
  static final String FAILED_ITEMS = "Batch-Failed-Items";

  /** Only of a result that lies elsewhere: its name, its size, its SHA-256, with spaces between. */
  static final String STORED = "Batch-Result";

  /** Ten times what {@code maxAttempts} may be. */
  private static final int MOST_ATTEMPTS = 1000;

  /** Far more than a batch of 1 MiB has. */
  private static final int MOST_ITEMS = 1 << 20;

  /** What the headers say. */
  record Head(
      Outcome.Kind kind,
      int attempts,
      int failures,
      int failedItems,
      @Nullable StoredResult stored) {}

  private OutcomeRecord() {}

  static Headers headers(Outcome outcome) {
    var headers =
        new Headers()
            .put(KIND, outcome.kind().name())
            .put(ATTEMPTS, Integer.toString(outcome.attempts()))
            .put(FAILURES, Integer.toString(outcome.failedAttempts()));
    var stored = outcome.stored();
    if (stored != null) {
      headers.put(STORED, stored.name() + ' ' + stored.bytes() + ' ' + stored.sha256());
    }
    return outcome.failedItems() == 0
        ? headers
        : headers.put(FAILED_ITEMS, Integer.toString(outcome.failedItems()));
  }

  /** Reads the headers; null if nobody of ours has written them. */
  static @Nullable Head head(Message message) {
    var headers = message.getHeaders();
    if (headers == null) {
      return null;
    }
    try {
      var kind = Outcome.Kind.valueOf(String.valueOf(headers.getFirst(KIND)));
      var attempts = number(headers, ATTEMPTS, 1, MOST_ATTEMPTS);
      var failures = number(headers, FAILURES, 0, attempts);
      var failedItems =
          kind == Outcome.Kind.PARTIAL ? number(headers, FAILED_ITEMS, 1, MOST_ITEMS) : 0;
      var stored = kind == Outcome.Kind.FAILED ? null : stored(headers.getFirst(STORED));
      return new Head(kind, attempts, failures, failedItems, stored);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable StoredResult stored(@Nullable String text) {
    if (text == null) {
      return null;
    }
    var parts = text.split(" ", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException(STORED);
    }
    return new StoredResult(parts[0], Long.parseLong(parts[1]), parts[2]);
  }

  /**
   * A number in a header.
   *
   * @throws IllegalArgumentException if there is none, or it is out of range
   */
  static int number(Headers headers, String name, int least, int most) {
    var number = Integer.parseInt(headers.getFirst(name));
    if (number < least || number > most) {
      throw new IllegalArgumentException(name);
    }
    return number;
  }

  /** Reads all of it. A record nobody can read is a failed batch: it would never be run again. */
  static Outcome outcome(Message message) {
    var head = head(message);
    if (head == null) {
      return Outcome.failed(
          1,
          BatchError.of(
              BatchError.Reason.ResultInvalid, "The record of this batch's outcome is garbage."));
    }
    var body = message.getData();
    return new Outcome(
        head.kind, head.attempts, head.failedItems, body == null ? new byte[0] : body, head.stored);
  }
}
