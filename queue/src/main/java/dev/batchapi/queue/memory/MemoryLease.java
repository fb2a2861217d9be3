package dev.batchapi.queue.memory;

import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import java.time.Duration;

/** A batch in a worker's hands; all state is the job's. */
record MemoryLease(MemoryJob job, MemoryJob.Delivery delivery, byte[] payload) implements Lease {

  @Override
  public int index() {
    return delivery.index();
  }

  /** As of now: it costs nothing to ask again. */
  @Override
  public int waiting() {
    return job.waiting();
  }

  @Override
  public Attempts attempts() {
    return job.attempts(delivery);
  }

  @Override
  public void renew() {
    job.renew(delivery);
  }

  @Override
  public boolean mayHaveExpired() {
    return !job.isHeld(delivery);
  }

  @Override
  public Attempts recordFailure(BatchError error) {
    return job.recordFailure(delivery, error);
  }

  @Override
  public void recordRelease() {
    job.recordRelease(delivery);
  }

  @Override
  public void recordWait(long seconds) {
    job.recordWait(delivery, seconds);
  }

  @Override
  public void giveBack(Duration delay) {
    job.giveBack(delivery, delay);
  }

  @Override
  public boolean commit(Outcome outcome) {
    return job.commit(delivery, outcome);
  }
}
