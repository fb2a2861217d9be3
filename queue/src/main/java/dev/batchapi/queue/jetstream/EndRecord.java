package dev.batchapi.queue.jetstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.queue.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** The end of a job as JSON. */
final class EndRecord {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EndRecord() {}

  static byte[] body(End end) {
    var json =
        JSON.createObjectNode()
            .put("verdict", end.verdict().name())
            .put("message", end.message())
            .put("at", end.at().toString());
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads it. A record nobody can read ends the job all the same: its workers must not go on. */
  static End end(byte[] body) {
    try {
      var json = JSON.readTree(body);
      return new End(
          End.Verdict.valueOf(text(json, "verdict")),
          text(json, "message"),
          Instant.parse(text(json, "at")));
    } catch (IOException | IllegalArgumentException | DateTimeParseException e) {
      return new End(
          End.Verdict.Cancelled, "The record of this job's end is garbage.", Instant.EPOCH);
    }
  }

  private static String text(JsonNode json, String field) {
    return json.path(field).asText();
  }
}
