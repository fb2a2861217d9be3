package dev.batchapi.data.store;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the heap of a program of few megabytes as small as what is alive in it. The serial
 * collector looks at its old generation only when that has grown to the limit, which is for the
 * largest batch there may be; and what answers of a store leave behind does grow it, however small
 * they are.
 */
public final class SpareHeap implements AutoCloseable {
  /** How often to look. */
  private static final Duration EVERY = Duration.ofMillis(200);

  /** Collect when this much more is used than after the last time: it pauses for some 20 ms. */
  private static final long WORTH_BYTES = 6 << 20;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spare-heap").factory());

  private long left = used();

  private SpareHeap() {
    var millis = EVERY.toMillis();
    var _ = timer.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** For a process whose collector is the serial one. */
  public static SpareHeap start() {
    return new SpareHeap();
  }

  private void look() {
    if (used() - left > WORTH_BYTES) {
      System.gc();
      left = used();
    }
  }

  private static long used() {
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
