package dev.batchapi.runtime.worker;

import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Waiting;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;

/** Waits of a worker that has a batch in hand. Used by the worker's own thread. */
final class HeldWait {
  /** How long the end of the job may go unnoticed. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final WorkQueue queue;
  private final StopSignal signal;
  private final WaitNews news;

  /** How a wait ended. */
  enum End {
    PASSED,
    /** Early: the worker is told to stop, or to leave at once. */
    STOPPED,
    /** Early: the job has ended, and nothing that comes of the batch counts any more. */
    JOB_OVER
  }

  HeldWait(WorkQueue queue, StopSignal signal, WaitNews news) {
    this.news = news;
    this.queue = queue;
    this.signal = signal;
  }

  /** Waits, at most so long. */
  End of(Duration time) {
    return of(time, () -> {});
  }

  /**
   * The same of a wait that the handler asked for, which the job's owner is told of.
   *
   * @param why in its words
   */
  End asked(Duration time, String why) {
    news.begins(Waiting.For.RetryLater, why);
    var end = of(time, news::goesOn);
    news.ends();
    return end;
  }

  private End of(Duration time, Runnable look) {
    var until = System.nanoTime() + time.toNanos();
    while (true) {
      var left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
      var slice = left.compareTo(LOOK) < 0 ? left : LOOK;
      if (!slept(slice)) {
        return End.STOPPED;
      }
      if (isOver()) {
        return End.JOB_OVER;
      }
      look.run();
      if (slice.equals(left)) {
        return End.PASSED;
      }
    }
  }

  /** The same of a worker that has something to put away: only to leave at once ends it. */
  End thoughToldToStop(Duration time) {
    if (!signal.sleepUnlessAbandoned(time)) {
      return End.STOPPED;
    }
    return isOver() ? End.JOB_OVER : End.PASSED;
  }

  private boolean slept(Duration time) {
    try {
      return signal.interruptibly(
          () -> {
            Thread.sleep(time);
            return true;
          });
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** What is told of waiting. */
  WaitNews news() {
    return news;
  }

  /** Whether the worker is told to stop. */
  boolean isStopping() {
    return signal.isStopping();
  }

  /** Whether the job has ended, as far as is known. */
  boolean isOver() {
    try {
      return queue.ended().isPresent();
    } catch (QueueUnavailableException e) {
      return false;
    }
  }
}
