package dev.batchapi.queue.jetstream;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.queue.AttemptLog;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** What is known of a batch's earlier deliveries as a message; numbers are in the headers too. */
final class AttemptRecord {
  static final String FAILURES = OutcomeRecord.FAILURES;
  static final String LOSSES = "Batch-Losses";

  /** More than a batch can have, with room. */
  private static final int MOST = 1000;

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** What the headers say. */
  record Head(int failures, int losses) {}

  private AttemptRecord() {}

  static Headers headers(AttemptLog log) {
    return new Headers()
        .put(FAILURES, Integer.toString(log.attempts().failures()))
        .put(LOSSES, Integer.toString(log.attempts().losses()));
  }

  static byte[] body(AttemptLog log) {
    try {
      return JSON.writeValueAsBytes(log);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the headers; null if nobody of ours has written them. */
  static @Nullable Head head(Message message) {
    var headers = message.getHeaders();
    if (headers == null) {
      return null;
    }
    try {
      return new Head(
          OutcomeRecord.number(headers, FAILURES, 0, MOST),
          OutcomeRecord.number(headers, LOSSES, 0, MOST));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Reads the body; garbage is as good as nothing, and is written over. */
  @SuppressWarnings("NullAway") // Jackson leaves a record's missing component null
  static AttemptLog log(byte[] body) {
    try {
      var log = JSON.readValue(body, AttemptLog.class);
      return log == null || log.attempts() == null ? AttemptLog.EMPTY : log;
    } catch (JacksonException e) {
      return AttemptLog.EMPTY;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
