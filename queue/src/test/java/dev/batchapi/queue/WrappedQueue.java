package dev.batchapi.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A queue that does what another one does, but for what a test overrides. */
public class WrappedQueue implements WorkQueue {
  private final WorkQueue inner;

  public WrappedQueue(WorkQueue inner) {
    this.inner = inner;
  }

  /** A queue whose leases are others. */
  public static WorkQueue withLeases(WorkQueue inner, UnaryOperator<Lease> leases) {
    return new WrappedQueue(inner) {
      @Override
      public Optional<Lease> lease(Duration wait) throws InterruptedException {
        return super.lease(wait).map(leases);
      }

      @Override
      public Optional<Lease> leaseOnce(Duration wait) throws InterruptedException {
        return super.leaseOnce(wait).map(leases);
      }
    };
  }

  @Override
  public Optional<Lease> lease(Duration wait) throws InterruptedException {
    return inner.lease(wait);
  }

  @Override
  public Optional<Lease> leaseOnce(Duration wait) throws InterruptedException {
    return inner.leaseOnce(wait);
  }

  @Override
  public Optional<End> ended() {
    return inner.ended();
  }

  @Override
  public Reservation reserve(Rate rate, int permits) {
    return inner.reserve(rate, permits);
  }

  @Override
  public void giveBack(Reservation.Made reserved, int permits) {
    inner.giveBack(reserved, permits);
  }

  @Override
  public void tellWaiting(Waiting.For what, String why) {
    inner.tellWaiting(what, why);
  }

  @Override
  public void waitsForStore(String words) {
    inner.waitsForStore(words);
  }

  @Override
  public Duration leaseDuration() {
    return inner.leaseDuration();
  }

  @Override
  public void close() {
    inner.close();
  }
}
