package dev.batchapi.queue;

import java.time.Duration;

/** A lease that does what another one does, but for what a test overrides. */
public class WrappedLease implements Lease {
  private final Lease inner;

  public WrappedLease(Lease inner) {
    this.inner = inner;
  }

  @Override
  public int index() {
    return inner.index();
  }

  @Override
  public int waiting() {
    return inner.waiting();
  }

  @Override
  public byte[] payload() {
    return inner.payload();
  }

  @Override
  public Attempts attempts() {
    return inner.attempts();
  }

  @Override
  public void renew() {
    inner.renew();
  }

  @Override
  public boolean mayHaveExpired() {
    return inner.mayHaveExpired();
  }

  @Override
  public Attempts recordFailure(BatchError error) {
    return inner.recordFailure(error);
  }

  @Override
  public void recordRelease() {
    inner.recordRelease();
  }

  @Override
  public void recordWait(long seconds) {
    inner.recordWait(seconds);
  }

  @Override
  public void giveBack(Duration delay) {
    inner.giveBack(delay);
  }

  @Override
  public boolean commit(Outcome outcome) {
    return inner.commit(outcome);
  }
}
