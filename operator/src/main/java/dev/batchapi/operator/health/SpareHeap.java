package dev.batchapi.operator.health;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives memory back after much work. The serial collector looks at its old generation only when
 * that has grown to the limit, so without this the operator would keep whatever its busiest hour
 * needed. G1 has such a thing itself ({@code -XX:G1PeriodicGCInterval}), but takes more from the
 * start.
 */
public final class SpareHeap implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpareHeap.class);

  /** How often to look. */
  public static final Duration LOOK_EVERY = Duration.ofSeconds(20);

  /** Collect when the old generation has grown by this much: it pauses for about 0.1 s. */
  private static final long WORTH_BYTES = 16 << 20;

  /** Collect every so many looks at least: what was alive may be garbage without any growth. */
  private static final int WORTH_LOOKS = 15;

  private final MemoryPoolMXBean old;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spare-heap").factory());

  private int looks;

  private SpareHeap(MemoryPoolMXBean old, Duration every) {
    this.old = old;
    var millis = every.toMillis();
    // The first look soon: filling the caches leaves much behind.
    var _ = timer.scheduleWithFixedDelay(this::look, millis / 10, millis, TimeUnit.MILLISECONDS);
  }

  /** Empty with another collector than the serial one: it is left to itself. */
  public static Optional<SpareHeap> start(Duration every) {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Tenured Gen"))
        .findFirst()
        .map(old -> new SpareHeap(old, every));
  }

  private void look() {
    var before = old.getUsage();
    var grown = before.getUsed() - old.getCollectionUsage().getUsed();
    if (grown >= WORTH_BYTES || ++looks >= WORTH_LOOKS) {
      System.gc();
      looks = 0;
      LOG.debug(
          "The old generation takes {} MiB, {} MiB before.",
          old.getUsage().getCommitted() >> 20,
          before.getCommitted() >> 20);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
