package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Lease;

/** Where the payload of a leased batch comes from. */
@FunctionalInterface
public interface Payloads {
  /** The queue carries the items themselves. */
  Payloads CARRIED = lease -> new Fetched.Payload(lease.payload());

  /** Gets a batch's payload; never of {@code on_job_complete}, whose summary the queue carries. */
  Fetched of(Lease lease);

  /** Whether they are there as soon as a batch is leased, so that none is worth reading ahead. */
  default boolean comeWithTheLease() {
    return equals(CARRIED);
  }
}
