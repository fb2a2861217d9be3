package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Enqueued;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Window;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.LongSupplier;

/**
 * Puts a job's work into the queue: what is missing there, and what there is room for.
 *
 * <p>The queue is always asked before the ledger. A batch that is not in the queue was never there
 * or has been acknowledged, and an outcome is recorded before its batch is acknowledged: so a batch
 * that is neither in the queue at first nor done afterwards is in nobody's hands. The other way
 * round a batch that ends in between would be handed out anew.
 */
final class WorkFiller {
  /** The size of so many payloads tells that of the others. */
  private static final int SAMPLE = 64;

  /**
   * Longer than any step takes: a process that stood still for so long may have been followed by
   * another owner, and what it asked before is not so any more. The next call asks anew.
   */
  static final Duration STOOD_STILL = Duration.ofSeconds(25);

  private final NatsConnection nats;
  private final Streams streams;
  private final FollowedStreams followed;
  private final Tallies tallies;
  private final LongSupplier nanoTime;

  WorkFiller(
      NatsConnection nats,
      Streams streams,
      FollowedStreams followed,
      Tallies tallies,
      LongSupplier nanoTime) {
    this.nats = nats;
    this.streams = streams;
    this.followed = followed;
    this.tallies = tallies;
    this.nanoTime = nanoTime;
  }

  /** The job must be open. One caller per job at a time. */
  Enqueued fill(String job, Batches batches, Window window, Duration lease) {
    var consumer = streams.consumer(job, lease);
    followed.catchUp();
    var done = tallies.done(job);
    var left = batches.count() - done;
    if (tallies.isOver(job) || left == 0) {
      return Enqueued.of(0, 0, 0, done);
    }
    // A batch whose acknowledgement is on its way is counted twice here, so this may hide one that
    // is missing, until that one is acknowledged; the next call finds it.
    if (consumer.getNumPending() + consumer.getNumAckPending() >= left) {
      return Enqueued.of(0, left, 0, done);
    }
    var stoodStill = new StoodStill();
    var inQueue = streams.work(job);
    followed.catchUp();
    var waiting = inQueue.cardinality();
    var leased = (int) Math.min(consumer.getNumAckPending(), Math.min(waiting, window.batches()));
    var room =
        window.batches() == Integer.MAX_VALUE
            ? Integer.MAX_VALUE
            : Math.max(0, window.batches() - (waiting - leased));
    var missing = tallies.missing(job, inQueue, room);
    var published = 0;
    if (!missing.isEmpty()) {
      var budget = budget(batches, inQueue, waiting - leased, window);
      published =
          new Enqueuer(nats, job, batches)
              .publish(missing, budget, () -> stoodStill.since() || tallies.isOver(job));
    }
    done = tallies.done(job);
    var there = waiting + published;
    return Enqueued.of(published, there, Math.max(0, batches.count() - done - there), done);
  }

  private final class StoodStill {
    private long last = nanoTime.getAsLong();

    /** Whether it did since this was asked last. */
    boolean since() {
      var before = last;
      last = nanoTime.getAsLong();
      return last - before >= STOOD_STILL.toNanos();
    }
  }

  /** What may still be published, by size. */
  private static Enqueuer.Budget budget(
      Batches batches, BitSet inQueue, int waiting, Window window) {
    if (window.bytes() == Long.MAX_VALUE) {
      return Enqueuer.Budget.UNBOUNDED;
    }
    var sample = inQueue.stream().limit(SAMPLE).mapToLong(i -> batches.payload(i).length);
    var bytes = (long) (sample.average().orElse(0) * waiting);
    return new Enqueuer.Budget(window.least() - waiting, window.bytes() - bytes);
  }

  /** The same for {@code on_job_complete}. */
  void fillCompletion(String job, byte[] summary, Duration lease) {
    streams.consumer(job, lease);
    var subject = Subjects.work(job, Lease.COMPLETION);
    var inQueue = nats.directGet(Subjects.WORK, subject) != null;
    followed.catchUp();
    if (inQueue || tallies.isOver(job) || tallies.isDone(job, Lease.COMPLETION)) {
      return;
    }
    // The id makes the server forget a repetition for two minutes, whoever makes it.
    var once =
        PublishOptions.builder().messageId(subject).streamTimeout(NatsConnection.REQUEST_TIMEOUT);
    nats.request(
        "publish " + subject,
        () -> {
          try {
            return nats.jetStream().publish(subject, summary, once.build()).isDuplicate();
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) == Refusal.TAKEN) {
              return true;
            }
            throw e;
          }
        });
  }
}
