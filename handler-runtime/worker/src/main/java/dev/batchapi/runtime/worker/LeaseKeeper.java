package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Lease;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Renews the lease that its worker holds, three times per lease duration. It ticks whether there is
 * a lease or not: a batch costs it two writes to a field.
 */
final class LeaseKeeper implements AutoCloseable {
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lease-keeper").daemon().factory());
  private volatile @Nullable Held held;

  private record Held(Lease lease, long until) {}

  LeaseKeeper(Duration leaseDuration) {
    var period = leaseDuration.toMillis() / 3;
    var _ = ticks.scheduleAtFixedRate(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * Keeps a lease from running out, for a time that is bounded by the batch timeout: a worker that
   * hangs must not keep its batch for ever.
   */
  void keep(Lease lease, Duration atMost) {
    held = new Held(lease, System.nanoTime() + atMost.toNanos());
  }

  void letGo() {
    held = null;
  }

  private void renew() {
    var current = held;
    if (current != null && System.nanoTime() - current.until < 0) {
      current.lease.renew();
    }
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
