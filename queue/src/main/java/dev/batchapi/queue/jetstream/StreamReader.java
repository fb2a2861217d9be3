package dev.batchapi.queue.jetstream;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream in order from some sequence on, by a throw-away consumer. A gap, a deleted
 * consumer or a lost connection ends it with an exception or with silence: then open another one
 * behind the last message that was read.
 */
final class StreamReader implements AutoCloseable {
  private static final int MOST_PULLED = 500;
  private static final int FEWEST_PULLED = 16;

  /** About so much may be on its way at a time; a record may have a quarter of a MiB of headers. */
  private static final int BYTES_PULLED = 8 << 20;

  private static final Duration PULL_EXPIRES = Duration.ofSeconds(5);

  private final NatsConnection nats;
  private final String stream;
  private final JetStreamSubscription subscription;
  private final long pendingAtStart;
  private long pulledAt;
  private int outstanding;
  private long read;
  private int pull;
  private long bytesEach;

  /** Where and what to read. */
  record Range(String stream, List<String> subjects, long fromSequence, boolean headersOnly) {}

  /** Takes what is read. */
  interface Records {
    void take(Message record);
  }

  /** Takes what is read, as long as it wants more. */
  interface Wanted {
    boolean goesOn(Message record);
  }

  private StreamReader(NatsConnection nats, Range range) throws IOException, JetStreamApiException {
    this.nats = nats;
    this.stream = range.stream;
    subscription =
        nats.jetStream()
            .subscribe(
                null,
                PullSubscribeOptions.builder().stream(range.stream)
                    .configuration(consumer(range))
                    .build());
    // More than this is dropped, and found to be missing.
    subscription.setPendingLimits(2L * MOST_PULLED, 4L * BYTES_PULLED);
    pull = range.headersOnly ? MOST_PULLED : FEWEST_PULLED;
    bytesEach = BYTES_PULLED / pull;
    pendingAtStart = subscription.getConsumerInfo().getCalculatedPending();
  }

  static StreamReader open(NatsConnection nats, Range range) {
    return nats.request("read stream " + range.stream, () -> new StreamReader(nats, range));
  }

  private static ConsumerConfiguration consumer(Range range) {
    return ConsumerConfiguration.builder()
        .filterSubjects(range.subjects)
        .deliverPolicy(DeliverPolicy.ByStartSequence)
        .startSequence(range.fromSequence)
        .ackPolicy(AckPolicy.None)
        .headersOnly(range.headersOnly)
        .memStorage(true)
        .numReplicas(1)
        .inactiveThreshold(Duration.ofMinutes(1))
        .build();
  }

  /** How many messages there were to read when this was opened. */
  long pendingAtStart() {
    return pendingAtStart;
  }

  /**
   * Reads the next message.
   *
   * @return null if there is none in that time
   * @throws IOException if one is missing
   */
  @Nullable Message next(Duration wait) throws IOException, InterruptedException {
    var now = System.nanoTime();
    if (outstanding == 0 || now - pulledAt > PULL_EXPIRES.toNanos()) {
      subscription.pull(PullRequestOptions.builder(pull).expiresIn(PULL_EXPIRES).build());
      outstanding = pull;
      pulledAt = now;
    }
    var message = subscription.nextMessage(wait);
    if (message == null) {
      return null;
    }
    outstanding--;
    read++;
    bytesEach = (7 * bytesEach + message.consumeByteCount()) / 8;
    pull = Math.clamp(BYTES_PULLED / Math.max(1, bytesEach), FEWEST_PULLED, MOST_PULLED);
    if (message.metaData().consumerSequence() != read) {
      throw new IOException("message %d of stream %s is missing".formatted(read, stream));
    }
    return message;
  }

  /**
   * Reads all that there is.
   *
   * @throws IOException if it stops coming
   */
  void readAll(Records records) throws IOException, InterruptedException {
    readWhile(
        record -> {
          records.take(record);
          return true;
        });
  }

  /**
   * Reads all that there is, or as much as is wanted.
   *
   * @throws IOException if it stops coming
   */
  void readWhile(Wanted wanted) throws IOException, InterruptedException {
    var left = pendingAtStart;
    while (left > 0) {
      var record = next(NatsConnection.REQUEST_TIMEOUT);
      if (record == null) {
        throw new IOException("the records of stream " + stream + " stopped coming");
      }
      if (!wanted.goesOn(record)) {
        return;
      }
      left = record.metaData().pendingCount();
    }
  }

  @Override
  public void close() {
    try {
      if (nats.isConnected()) {
        subscription.unsubscribe();
        nats.management().deleteConsumer(stream, subscription.getConsumerName());
      }
    } catch (IOException | JetStreamApiException | RuntimeException e) {
      // The server deletes an abandoned consumer by itself.
      outstanding = 0;
    }
  }
}
