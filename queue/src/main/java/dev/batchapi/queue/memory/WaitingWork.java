package dev.batchapi.queue.memory;

import java.util.BitSet;
import java.util.OptionalInt;

/**
 * Which batches wait, which are leased and which come back later, lowest index first. A bit per
 * batch, so that a million of them cost nothing. Times are nanoseconds of the job's clock. Not
 * thread-safe.
 */
final class WaitingWork {
  // Bits are index + 1: on_job_complete has the index -1.
  private final BitSet present = new BitSet();
  private final BitSet ready = new BitSet();
  private final Deadlines leases = new Deadlines();
  private final Deadlines delays = new Deadlines();

  /** Adds a batch unless it waits or is leased. */
  boolean add(int index) {
    if (present.get(index + 1)) {
      return false;
    }
    present.set(index + 1);
    ready.set(index + 1);
    return true;
  }

  /** How many wait or are leased; the completion too. */
  int size() {
    return present.cardinality();
  }

  /** How many of them are not leased. */
  int waiting() {
    return present.cardinality() - leases.size();
  }

  OptionalInt take(long now, long leaseNanos) {
    leases.removeDue(now, index -> ready.set(index + 1));
    delays.removeDue(now, index -> ready.set(index + 1));
    var bit = ready.nextSetBit(0);
    if (bit < 0) {
      return OptionalInt.empty();
    }
    ready.clear(bit);
    leases.set(bit - 1, now + leaseNanos);
    return OptionalInt.of(bit - 1);
  }

  /** How long until a lease runs out or a delay ends, if nothing else happens. */
  long nanosToNext(long now) {
    return Math.min(leases.nanosToNext(now), delays.nanosToNext(now));
  }

  /** How long until the last delay ends; 0 if there is none. */
  long nanosToLastDelay(long now) {
    return delays.nanosToLast(now);
  }

  boolean isLeased(int index, long now) {
    return leases.isAhead(index, now);
  }

  void renew(int index, long until) {
    leases.set(index, until);
  }

  void giveBack(int index, long availableAt) {
    leases.remove(index);
    delays.set(index, availableAt);
  }

  void remove(int index) {
    present.clear(index + 1);
    ready.clear(index + 1);
    leases.remove(index);
    delays.remove(index);
  }

  void clear() {
    present.clear();
    ready.clear();
    leases.clear();
    delays.clear();
  }
}
