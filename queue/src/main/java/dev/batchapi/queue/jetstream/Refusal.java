package dev.batchapi.queue.jetstream;

import io.nats.client.JetStreamApiException;

/** What the server means when it refuses. */
enum Refusal {
  /** There is a message on the subject already. */
  TAKEN,
  /** There is no room. */
  FULL,
  /** The message is larger than its stream takes, now and later. */
  TOO_LARGE,
  /** No such stream. */
  NO_STREAM,
  /** No such consumer. */
  NO_CONSUMER,
  /** The server is starting, or electing. */
  TRANSIENT,
  OTHER;

  static Refusal of(JetStreamApiException e) {
    return of(e.getErrorCode(), e.getApiErrorCode(), String.valueOf(e.getMessage()));
  }

  static Refusal of(int code, int apiCode, String description) {
    return switch (apiCode) {
      case 10071, 10164 -> TAKEN; // wrong last sequence
      // One code for two things: the stream's limits in general.
      case 10077 -> description.contains("per subject") ? TAKEN : FULL;
      case 10002, 10023, 10028, 10047, 10122 -> FULL;
      case 10054 -> TOO_LARGE;
      case 10059 -> NO_STREAM;
      case 10014 -> NO_CONSUMER;
      default -> code == 503 ? TRANSIENT : OTHER;
    };
  }
}
