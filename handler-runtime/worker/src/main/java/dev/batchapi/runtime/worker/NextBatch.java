package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batch after the one in hand: leased and read while the handler works, where that can't hurt
 * (docs/decisions/0017). It is held for {@link #HOLD} at most and then given back, so that it waits
 * for no slow neighbour; nor is one taken while others could be without, or beside a batch that has
 * taken a worker down. Given back it has cost no attempt.
 */
final class NextBatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  /**
   * How long a batch is held at most. What a slower batch would gain is a small part of its time.
   */
  static final Duration HOLD = Duration.ofSeconds(2);

  /** There are batches, as far as is known. */
  private static final Duration LEASE_WAIT = Duration.ofMillis(250);

  /** How long the end of the worker may take for it. */
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  private final WorkQueue queue;
  private final Payloads payloads;
  private final int workers;
  private final Duration hold;
  private final ExecutorService asking = executor("next-batch");
  private final ExecutorService reading = executor("next-payload");

  // What follows is guarded by this.
  private State state = State.NONE;
  private @Nullable Taken held;
  private @Nullable Thread waitsForLease;
  private @Nullable Future<Fetched> lastRead;
  private long lastTook = Long.MAX_VALUE;
  private boolean unwanted;

  private enum State {
    NONE,
    ASKING,
    HELD,
    GIVING_BACK
  }

  /**
   * A batch that was leased.
   *
   * @param payload what came of reading it, or will; null if nobody has begun
   */
  record Taken(Lease lease, @Nullable Future<Fetched> payload) {}

  /**
   * @param workers of the job
   */
  NextBatch(WorkQueue queue, Payloads payloads, int workers) {
    this(queue, payloads, workers, HOLD);
  }

  /**
   * @param hold how long at most; never longer than half of a lease, which nobody renews here
   */
  NextBatch(WorkQueue queue, Payloads payloads, int workers, Duration hold) {
    this.queue = queue;
    this.payloads = payloads;
    this.workers = workers;
    var half = queue.leaseDuration().dividedBy(2);
    this.hold = half.compareTo(hold) < 0 ? half : hold;
  }

  private static ExecutorService executor(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
  }

  /** Leases the next one and reads it, while the handler works on this one. */
  synchronized void begin(Lease current, Attempts attempts) {
    var stillReads = lastRead != null && !lastRead.isDone();
    if (state == State.NONE
        && !unwanted
        && !stillReads
        && !payloads.comeWithTheLease()
        && current.index() != Lease.COMPLETION
        && !current.mayHaveExpired()
        && attempts.losses() == 0
        && lastTook < hold.toNanos() / 2
        && current.waiting() >= workers) {
      state = State.ASKING;
      asking.execute(this::hold);
    }
  }

  /** How long the handler took for a batch, waits included: the next one takes as long. */
  synchronized void took(long nanos) {
    lastTook = nanos;
  }

  /** The next one, if it has been begun. */
  synchronized Optional<Taken> take() throws InterruptedException {
    while (state == State.ASKING) {
      wait();
    }
    var next = held;
    if (next == null) {
      return Optional.empty();
    }
    held = null;
    state = State.NONE;
    notifyAll();
    // Else it is another worker's by now: this one was stopped for a while.
    return next.lease.mayHaveExpired() ? Optional.empty() : Optional.of(next);
  }

  /** Gives it back at once, and takes no other. May be called by any thread. */
  synchronized void giveBack() {
    unwanted = true;
    if (waitsForLease != null) {
      waitsForLease.interrupt();
    }
    notifyAll();
  }

  /** However it ends, the worker must not wait for it any longer. */
  private void hold() {
    var handedOn = false;
    try {
      var lease = lease();
      if (lease != null) {
        handedOn = isTaken(begun(lease));
        if (!handedOn) {
          lease.recordRelease();
          lease.giveBack(Duration.ZERO);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("the next batch could not be given back, its lease will run out: {}", e.toString());
    } finally {
      if (!handedOn) {
        over();
      }
    }
  }

  /** Many may have waited a while ago, and only {@code on_job_complete} be left. */
  private Taken begun(Lease lease) {
    return lease.index() == Lease.COMPLETION
        ? new Taken(lease, null)
        : new Taken(lease, CompletableFuture.supplyAsync(() -> payloads.of(lease), reading));
  }

  private @Nullable Lease lease() {
    synchronized (this) {
      if (unwanted) {
        return null;
      }
      waitsForLease = Thread.currentThread();
    }
    try {
      return queue.leaseOnce(LEASE_WAIT).orElse(null);
    } catch (InterruptedException e) {
      return null;
    } catch (RuntimeException e) {
      // The worker will ask and be told the same, and act on it.
      LOG.debug("no next batch yet: {}", e.toString());
      return null;
    } finally {
      synchronized (this) {
        waitsForLease = null;
        Thread.interrupted(); // a late one must not hit what gives the batch back
      }
    }
  }

  /** Whether the worker comes for it in time. */
  private synchronized boolean isTaken(Taken next) {
    held = next;
    lastRead = next.payload;
    state = State.HELD;
    notifyAll();
    var until = System.nanoTime() + hold.toNanos();
    try {
      for (var left = hold.toNanos(); held != null && !unwanted && left > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = until - System.nanoTime();
      }
    } catch (InterruptedException e) {
      unwanted = true;
    }
    if (held == null) { // another one comes by this thread only
      return true;
    }
    held = null;
    state = State.GIVING_BACK;
    return false;
  }

  private synchronized void over() {
    state = State.NONE;
    notifyAll();
  }

  /** Gives back what is held, and waits for that. */
  @Override
  public void close() {
    giveBack();
    var until = System.nanoTime() + CLOSE_TIME.toNanos();
    synchronized (this) {
      try {
        for (var left = CLOSE_TIME.toNanos(); state != State.NONE && left > 0; ) {
          TimeUnit.NANOSECONDS.timedWait(this, left);
          left = until - System.nanoTime();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    asking.shutdown();
    reading.shutdown();
  }
}
