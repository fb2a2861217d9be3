package dev.batchapi.queue.jetstream;

import java.util.HashSet;
import java.util.Set;

/**
 * Of which jobs there are records, by uid and nothing else. Workers write under their own job's uid
 * only, so these are jobs that there were; even so no more than some are kept at a time, and the
 * rest is found when those are gone. Thread-safe.
 */
final class SeenJobs {
  private static final int MOST = 100_000; // some 10 MB

  private final Set<String> uids = new HashSet<>();
  private boolean overflown;

  synchronized void add(String job) {
    if (uids.size() < MOST) {
      uids.add(job);
    } else if (!uids.contains(job)) {
      overflown = true;
    }
  }

  synchronized void remove(String job) {
    uids.remove(job);
  }

  synchronized Set<String> uids() {
    return new HashSet<>(uids);
  }

  /** Whether there were more than are known; asking begins anew. */
  synchronized boolean wasOverflown() {
    var was = overflown;
    overflown = false;
    return was;
  }
}
