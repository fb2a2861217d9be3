package dev.batchapi.queue.jetstream;

import dev.batchapi.contract.Payload;
import dev.batchapi.queue.Batches;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes batches of one job. Many at a time as one atomic batch, which the server syncs to disk
 * once; where a batch of those is there already the server refuses all, and they go one by one.
 * Whatever is repeated, the stream keeps one message a subject.
 */
final class Enqueuer {
  private static final int MOST = 1000; // the server's limit for an atomic batch
  private static final long MOST_BYTES = 4L << 20;
  private static final int WINDOW = 256;

  private final NatsConnection nats;
  private final String job;
  private final Batches batches;

  private record Item(int index, byte[] payload) {}

  private record Pending(Item item, CompletableFuture<PublishAck> answer) {}

  /**
   * How much may be published.
   *
   * @param least so many batches in any case
   * @param bytes of payload
   */
  record Budget(int least, long bytes) {
    static final Budget UNBOUNDED = new Budget(0, Long.MAX_VALUE);

    boolean allows(int batches, long size) {
      return batches <= least || size <= bytes;
    }
  }

  Enqueuer(NatsConnection nats, String job, Batches batches) {
    this.nats = nats;
    this.job = job;
    this.batches = batches;
  }

  /**
   * Publishes those given, as many as the budget allows.
   *
   * @param stop looked at before each part is published
   * @return how many were not there already
   */
  int publish(BitSet indices, Budget budget, BooleanSupplier stop) {
    var published = 0;
    var chunk = new ArrayList<Item>();
    var bytes = 0L;
    var count = 0;
    var all = 0L;
    for (var index = indices.nextSetBit(0); index >= 0; index = indices.nextSetBit(index + 1)) {
      var item = new Item(index, payload(index));
      all += item.payload.length;
      if (!budget.allows(++count, all)) {
        break;
      }
      if (!chunk.isEmpty() && (chunk.size() == MOST || bytes + item.payload.length > MOST_BYTES)) {
        if (stop.getAsBoolean()) {
          return published;
        }
        published += publish(chunk);
        chunk.clear();
        bytes = 0;
      }
      chunk.add(item);
      bytes += item.payload.length;
    }
    return stop.getAsBoolean() ? published : published + publish(chunk);
  }

  private byte[] payload(int index) {
    var payload = batches.payload(index);
    if (payload.length > Payload.MAX_BYTES) {
      throw new IllegalArgumentException(
          "Batch %d of job %s has a payload of %,d bytes; %,d is the most."
              .formatted(index, job, payload.length, Payload.MAX_BYTES));
    }
    return payload;
  }

  private int publish(List<Item> chunk) {
    if (chunk.size() > 1 && publishAtomically(chunk)) {
      return chunk.size();
    }
    return publishSingly(chunk);
  }

  /** All or nothing; false when it was nothing, or when that is not known. */
  private boolean publishAtomically(List<Item> chunk) {
    if (!nats.isConnected()) {
      return false;
    }
    var id = UUID.randomUUID().toString();
    try {
      for (var i = 0; i < chunk.size() - 1; i++) {
        var item = chunk.get(i);
        nats.connection()
            .publish(Subjects.work(job, item.index), batchHeaders(id, i + 1), item.payload);
      }
      var last = chunk.getLast();
      var answer =
          nats.connection()
              .request(
                  Subjects.work(job, last.index),
                  batchHeaders(id, chunk.size()).put("Nats-Batch-Commit", "1"),
                  last.payload,
                  NatsConnection.REQUEST_TIMEOUT);
      return answer != null && new PublishAck(answer).getBatchSize() == chunk.size();
    } catch (JetStreamApiException | java.io.IOException | IllegalStateException e) {
      return false; // refused, or unknown: one by one it is found out
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NatsConnection.interrupted("enqueuing job " + job, e);
    }
  }

  private static Headers batchHeaders(String id, int sequence) {
    return new Headers()
        .put("Nats-Batch-Id", id)
        .put("Nats-Batch-Sequence", Integer.toString(sequence));
  }

  private int publishSingly(List<Item> chunk) {
    var published = 0;
    var window = new ArrayDeque<Pending>();
    for (var item : chunk) {
      if (window.size() == WINDOW) {
        published += confirm(window.removeFirst());
      }
      window.add(new Pending(item, send(item)));
    }
    while (!window.isEmpty()) {
      published += confirm(window.removeFirst());
    }
    return published;
  }

  private CompletableFuture<PublishAck> send(Item item) {
    try {
      return nats.jetStream().publishAsync(Subjects.work(job, item.index), item.payload);
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** 1 if the batch was published, 0 if it was there. */
  private int confirm(Pending pending) {
    try {
      pending.answer.get(NatsConnection.REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return 1;
    } catch (ExecutionException e) {
      var refused = refusal(e);
      return refused != null && Refusal.of(refused) == Refusal.TAKEN ? 0 : again(pending.item);
    } catch (TimeoutException e) {
      return again(pending.item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NatsConnection.interrupted("enqueuing job " + job, e);
    } catch (java.util.concurrent.CancellationException e) {
      return again(pending.item);
    }
  }

  private static @Nullable JetStreamApiException refusal(Throwable e) {
    for (var cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof JetStreamApiException refusal) {
        return refusal;
      }
    }
    return null;
  }

  /** The careful way: waits, repeats, and says what is wrong; 0 if there was one already. */
  private int again(Item item) {
    var subject = Subjects.work(job, item.index);
    return nats.request(
        "publish " + subject,
        () -> {
          try {
            nats.jetStream().publish(subject, item.payload);
            return 1;
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) == Refusal.TAKEN) {
              return 0;
            }
            throw e;
          }
        });
  }
}
