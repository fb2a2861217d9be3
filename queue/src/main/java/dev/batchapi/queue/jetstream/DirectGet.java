package dev.batchapi.queue.jetstream;

import io.nats.client.Message;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of a message in the headers of its answer to a direct get. They stand behind
 * the stored ones, which whoever wrote the message may have named the same: the last one counts.
 */
final class DirectGet {
  private DirectGet() {}

  /** The subject of a stored message; null if the answer has none, but a status only. */
  static @Nullable String subject(Message answer) {
    return said(answer, "Nats-Subject");
  }

  static long sequence(Message answer) {
    return Long.parseLong(String.valueOf(said(answer, "Nats-Sequence")));
  }

  /** When the server stored it, in nanoseconds of its clock. */
  static long time(Message answer) throws IOException {
    var header = String.valueOf(said(answer, "Nats-Time-Stamp"));
    try {
      var time = Instant.parse(header);
      return time.getEpochSecond() * 1_000_000_000 + time.getNano();
    } catch (DateTimeParseException e) {
      throw new IOException("a message of the time " + header, e);
    }
  }

  private static @Nullable String said(Message answer, String header) {
    return answer.hasHeaders() ? answer.getHeaders().getLast(header) : null;
  }
}
