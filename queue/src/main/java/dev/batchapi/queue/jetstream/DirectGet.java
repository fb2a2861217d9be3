package dev.batchapi.queue.jetstream;

import io.nats.client.Message;

/** What a direct get says of a message in its headers. */
final class DirectGet {
  private DirectGet() {}

  static long sequence(Message answer) {
    return Long.parseLong(answer.getHeaders().getFirst("Nats-Sequence"));
  }
}
