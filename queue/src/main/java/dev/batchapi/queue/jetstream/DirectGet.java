package dev.batchapi.queue.jetstream;

import io.nats.client.Message;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** What a direct get says of a message in its headers. */
final class DirectGet {
  private DirectGet() {}

  static long sequence(Message answer) {
    return Long.parseLong(answer.getHeaders().getFirst("Nats-Sequence"));
  }

  /** When the server stored it, in nanoseconds of its clock. */
  static long time(Message answer) throws IOException {
    var header = String.valueOf(answer.getHeaders().getFirst("Nats-Time-Stamp"));
    try {
      var time = Instant.parse(header);
      return time.getEpochSecond() * 1_000_000_000 + time.getNano();
    } catch (DateTimeParseException e) {
      throw new IOException("a message of the time " + header, e);
    }
  }
}
