package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.TextLimit;
import dev.batchapi.queue.Waiting;
import io.nats.client.Message;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** What a job's workers say of their waiting, as a message. */
final class WaitingRecord {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Bytes of a body: the stream's messages are small. */
  static final int MAX_BYTES = 200;

  private WaitingRecord() {}

  /** As a body; words are cut, and left out if they can't be short. */
  static byte[] body(Waiting.For what, String why) {
    var body = json(what, TextLimit.beginning(why, 120));
    return body.length <= MAX_BYTES ? body : json(what, "");
  }

  private static byte[] json(Waiting.For what, String why) {
    return JSON.createObjectNode()
        .put("for", what.name())
        .put("why", why)
        .toString()
        .getBytes(UTF_8);
  }

  /** Reads one; empty for what nobody of ours has written. */
  static Optional<Waiting> read(Message record) {
    try {
      var json = JSON.readTree(record.getData());
      var nanos = DirectGet.time(record);
      return Optional.of(
          new Waiting(
              Waiting.For.valueOf(json.path("for").asText()),
              TextLimit.beginning(json.path("why").asText(), MAX_BYTES),
              Instant.ofEpochSecond(0, nanos)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
