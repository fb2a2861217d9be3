package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Lease;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch's items, asked for again and again while their store is away, unless the worker or the
 * job ends. Used by the worker's own thread.
 */
final class AwaitedPayload {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  /**
   * A store has been asked for a while already when it is said to be away; doubles, to a minute.
   */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /**
   * How long a batch is kept while its store is away, before another one is tried, whose store may
   * not be; doubles, to 20 minutes. Each batch given back is a record that says nothing new, of
   * which a job has 10,000 and one a second: 1,000 workers write 5,000 in the first half hour
   * (after 1, 3, 7, 15 and 31 minutes), and 1,000 / 1,200 s = 0.8 a second from then on.
   */
  private static final Duration FIRST_HOLD = Duration.ofMinutes(1);

  private static final Duration LONGEST_HOLD = Duration.ofMinutes(20);

  private final Payloads payloads;
  private final HeldWait wait;
  private final StoreNews news;
  private Duration hold = FIRST_HOLD;

  AwaitedPayload(Payloads payloads, HeldWait wait, StoreNews news) {
    this.payloads = payloads;
    this.wait = wait;
    this.news = news;
  }

  /**
   * Fetches it, or waits for who has begun to.
   *
   * @param name of the batch, for log lines
   * @return {@link Fetched.Away} if the store was so for as long as a batch is kept
   */
  Fetched of(NextBatch.Taken batch, String name) {
    var fetched = fetch(batch, name);
    switch (fetched) {
      case Fetched.Payload _ -> {
        hold = FIRST_HOLD;
        news.answered();
      }
      case Fetched.Away _ -> hold = shorter(hold.multipliedBy(2), LONGEST_HOLD);
      default -> {}
    }
    return fetched;
  }

  private Fetched fetch(NextBatch.Taken batch, String name) {
    var lease = batch.lease();
    var begun = batch.payload();
    var since = System.nanoTime();
    var between = FIRST_PAUSE;
    while (true) {
      var fetched = begun == null ? read(lease) : result(begun);
      begun = null;
      if (!(fetched instanceof Fetched.Away(var message))) {
        return fetched;
      }
      news.away("The items of %s can't be read: %s".formatted(name, message));
      if (System.nanoTime() - since >= hold.toNanos() || lease.mayHaveExpired()) {
        return fetched;
      }
      LOG.warn("{} waits: {}", name, message);
      if (wait.of(between) != HeldWait.End.PASSED) {
        return fetched;
      }
      between = shorter(between.multipliedBy(2), LONGEST_PAUSE);
    }
  }

  private Fetched read(Lease lease) {
    return lease.index() == Lease.COMPLETION ? Payloads.CARRIED.of(lease) : payloads.of(lease);
  }

  /** Waits as long as a reading takes, as who reads it does. */
  private static Fetched result(Future<Fetched> begun) {
    var interrupted = false;
    try {
      while (true) {
        try {
          return begun.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
