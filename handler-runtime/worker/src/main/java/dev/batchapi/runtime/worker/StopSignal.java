package dev.batchapi.runtime.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a worker has been told to stop. Other threads tell it; its own thread asks, and makes its
 * waiting calls through {@link #interruptibly}, so that nothing but these is ever interrupted.
 */
final class StopSignal {
  private static final long TICK_NANOS = 100_000_000;

  /** A call that waits, and may be given up. */
  interface Waiting<T, X extends Exception> {
    T call() throws X, InterruptedException;
  }

  private @Nullable Thread worker;
  private boolean waiting;
  private volatile boolean stopping;
  private volatile boolean abandoned;

  /** Called once, by the worker's own thread, before the first {@link #interruptibly}. */
  synchronized void listen() {
    worker = Thread.currentThread();
  }

  /** The batch in hand may finish; a call that waits for the next one ends now. */
  synchronized void stop() {
    stopping = true;
    if (waiting && worker != null) {
      worker.interrupt();
    }
  }

  /** As {@link #stop}, and the batch in hand is not finished either. */
  void abandon() {
    abandoned = true;
    stop();
  }

  boolean isStopping() {
    return stopping;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /**
   * Waits, also while the worker is to stop.
   *
   * @return false once it is abandoned
   */
  boolean sleepUnlessAbandoned(Duration time) {
    var until = System.nanoTime() + time.toNanos();
    try {
      for (var left = time.toNanos(); left > 0 && !abandoned; left = until - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(Math.min(left, TICK_NANOS)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !abandoned;
  }

  /**
   * Makes a waiting call end when the worker is stopped.
   *
   * @throws InterruptedException if it is stopped before the call or during it
   */
  <T, X extends Exception> T interruptibly(Waiting<T, X> call) throws X, InterruptedException {
    synchronized (this) {
      if (stopping) {
        throw new InterruptedException();
      }
      waiting = true;
    }
    try {
      return call.call();
    } finally {
      synchronized (this) {
        waiting = false;
        if (stopping) {
          // A late interrupt must not hit the calls that end the worker in order.
          Thread.interrupted();
        }
      }
    }
  }
}
