package dev.batchapi.runtime.worker;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wait between calls that fail: 0.1 s, doubling up to 5 s, ended early when the worker stops.
 */
final class Pause {
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 5_000;

  private final CountDownLatch ended = new CountDownLatch(1);
  private long next = FIRST_MILLIS;

  void take() throws InterruptedException {
    var early = ended.await(next, TimeUnit.MILLISECONDS);
    if (early) {
      // The queue is still asked a few times more before the worker is abandoned: don't spin.
      TimeUnit.MILLISECONDS.sleep(FIRST_MILLIS);
    }
    next = Math.min(next * 2, LONGEST_MILLIS);
  }

  void reset() {
    next = FIRST_MILLIS;
  }

  void end() {
    ended.countDown();
  }
}
