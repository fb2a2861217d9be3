package dev.batchapi.runtime.worker;

import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;

/** Waits of a worker that has a batch in hand. Used by the worker's own thread. */
final class HeldWait {
  private final WorkQueue queue;
  private final StopSignal signal;

  HeldWait(WorkQueue queue, StopSignal signal) {
    this.queue = queue;
    this.signal = signal;
  }

  /** Waits; false, and early, if the worker is told to stop. */
  boolean lasts(Duration time) {
    try {
      var millis = time.toMillis();
      return signal.interruptibly(
          () -> {
            Thread.sleep(millis);
            return true;
          });
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Whether the job has ended meanwhile, as far as the queue says. */
  boolean isOver() {
    try {
      return queue.ended().isPresent();
    } catch (QueueUnavailableException e) {
      return false;
    }
  }
}
