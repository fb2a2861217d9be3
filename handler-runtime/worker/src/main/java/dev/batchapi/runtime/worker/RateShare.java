package dev.batchapi.runtime.worker;

import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.Reservation.Made;
import dev.batchapi.queue.Reservation.NotYet;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker has of its job's rate limit. Permits for single items are reserved in chunks that
 * last for about {@link #CHUNK}, the wait in line behind other workers' included: a slow handler
 * keeps few from others, and a worker that is killed takes few along. Used by the worker's own
 * thread.
 */
public final class RateShare {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");
  private static final Duration CHUNK = Duration.ofMillis(200);

  /** All workers together reserve about once in this time, if they wait for each other. */
  private static final Duration SMALLEST = Duration.ofMillis(40);

  /** Later than this after it was due a permit is not used: what was granted is used now. */
  private static final Duration STALE = Duration.ofSeconds(1);

  private static final Duration QUEUE_PAUSE = Duration.ofMillis(500);

  private final Rate rate;
  private final WorkQueue queue;
  private final int largest;
  private final int smallest;
  private @Nullable Made held;
  private int used;
  private long began;
  private int size = 1;
  private boolean leaving;

  RateShare(Rate rate, WorkQueue queue) {
    this.rate = rate;
    this.queue = queue;
    largest = largestChunk(rate.limit().perSecond());
    smallest = permits(rate.limit().perSecond(), SMALLEST);
  }

  /** How many permits a worker takes at once for single items, at most. */
  static int largestChunk(double perSecond) {
    return permits(perSecond, CHUNK);
  }

  private static int permits(double perSecond, Duration time) {
    return (int) Math.max(1, perSecond * time.toMillis() / 1000);
  }

  /** What came of asking. */
  public sealed interface Asked {
    /** These may be used now. */
    record Granted(int permits) implements Asked {}

    /** None yet: ask again after this time. */
    record Wait(Duration time) implements Asked {}

    /** None will come: the batch is not to be handled here. */
    record Refused() implements Asked {}
  }

  /**
   * Asks for permits. While the queue is away there are none but those that are held.
   *
   * @param wanted how many, at least 1
   * @param whole whether fewer are of no use
   */
  Asked ask(int wanted, boolean whole) {
    try {
      return whole ? all(Math.min(wanted, rate.most())) : some(wanted);
    } catch (QueueUnavailableException e) {
      LOG.warn("no item is handed over, for the rate limit needs the queue: {}", e.getMessage());
      return new Asked.Wait(QUEUE_PAUSE);
    }
  }

  private Asked all(int wanted) {
    if (held != null && (held.permits() - used < wanted || isStale(held, System.nanoTime()))) {
      letGo(); // what single items have left, or another batch
    }
    if (held == null) {
      var notYet = reserve(wanted);
      if (notYet != null) {
        return notYet;
      }
    }
    var made = Objects.requireNonNull(held);
    var left = made.due(used + wanted - 1) - System.nanoTime();
    if (left > 0) {
      return new Asked.Wait(Duration.ofNanos(left));
    }
    held = null;
    return new Asked.Granted(wanted);
  }

  private Asked some(int wanted) {
    var now = System.nanoTime();
    if (held != null && isStale(held, now)) {
      held = null;
      size = Math.max(1, size / 2);
    }
    if (held == null) {
      var notYet = reserve(Math.clamp(leaving ? wanted : Math.max(size, wanted), 1, largest));
      if (notYet != null) {
        return notYet;
      }
    }
    var made = Objects.requireNonNull(held);
    now = System.nanoTime();
    var granted = 0;
    while (granted < wanted && used < made.permits() && made.due(used) - now <= 0) {
      used++;
      granted++;
    }
    if (granted == 0) {
      return new Asked.Wait(Duration.ofNanos(made.due(used) - now));
    }
    if (used == made.permits()) {
      usedUp(now);
    }
    return new Asked.Granted(granted);
  }

  private boolean isStale(Made made, long now) {
    // What a rest has left was due long before it was reserved.
    var usable = Math.max(began - now, made.due(made.permits() - 1) - now);
    return usable < -STALE.toNanos();
  }

  private void usedUp(long now) {
    var took = now - began;
    if (took < CHUNK.toNanos() / 2) {
      size = Math.min(largest, 2 * size);
    } else if (took > CHUNK.toNanos()) {
      size = Math.max(Math.min(size, smallest), size / 2);
    }
    held = null;
  }

  private Asked.@Nullable Wait reserve(int permits) {
    return switch (queue.reserve(rate, permits)) {
      case NotYet(var delay) -> new Asked.Wait(delay);
      case Made made -> {
        held = made;
        used = 0;
        began = System.nanoTime();
        yield null;
      }
    };
  }

  /**
   * From now on nothing is reserved but what is wanted: the worker leaves with the batch in hand.
   */
  void leaves() {
    leaving = true;
  }

  /** Gives back what is held for nobody. */
  void letGo() {
    var made = held;
    if (made != null) {
      held = null;
      try {
        queue.giveBack(made, made.permits() - used);
      } catch (QueueUnavailableException e) {
        LOG.debug("permits are not given back", e);
      }
    }
  }
}
