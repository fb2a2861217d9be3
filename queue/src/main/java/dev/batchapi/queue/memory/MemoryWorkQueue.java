package dev.batchapi.queue.memory;

import dev.batchapi.queue.End;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.Reservation;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;
import java.util.Optional;

/** A worker's side of a job in memory. */
record MemoryWorkQueue(MemoryJob job, Duration leaseDuration) implements WorkQueue {

  @Override
  public Optional<Lease> lease(Duration wait) throws InterruptedException {
    var delivery = job.take(wait);
    if (delivery == null) {
      return Optional.empty();
    }
    // A store may take longer to answer than a lease lasts.
    var keeper = Thread.startVirtualThread(() -> keep(delivery));
    try {
      return Optional.of(new MemoryLease(job, delivery, job.payload(delivery.index())));
    } catch (RuntimeException | Error e) {
      job.recordRelease(delivery); // the payload can't be read: no worker was lost
      job.giveBack(delivery, Duration.ZERO);
      throw e;
    } finally {
      keeper.interrupt();
    }
  }

  private void keep(MemoryJob.Delivery delivery) {
    try {
      while (true) {
        Thread.sleep(leaseDuration.dividedBy(3));
        job.renew(delivery);
      }
    } catch (InterruptedException e) {
      // It is read: from here on its worker keeps it.
    }
  }

  @Override
  public Optional<End> ended() {
    return job.ended();
  }

  @Override
  public Reservation reserve(Rate rate, int permits) {
    return job.rate().reserve(rate, permits);
  }

  @Override
  public void giveBack(Reservation.Made reserved, int permits) {
    job.rate().giveBack(reserved, permits);
  }

  @Override
  public void close() {
    // Holds nothing of its own.
  }
}
