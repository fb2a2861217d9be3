package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.status.JobConditions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps each namespace within its {@link Share}: a job that doesn't fit waits until others have
 * ended. What counts are the BatchJobs themselves; only what was accepted a moment ago, and may not
 * be in the cache yet, is remembered here.
 */
public final class Shares {
  private record Taken(String namespace, long batches) {}

  // Guarded by this.
  private final Map<String, Taken> accepted = new HashMap<>();

  /**
   * Takes a place for a job, or says why there is none. Until {@link #forget}.
   *
   * @param others BatchJobs of its namespace
   * @param batches how many the job has
   */
  synchronized Optional<String> take(
      BatchJob job, long batches, Stream<BatchJob> others, Share share) {
    var namespace = job.getMetadata().getNamespace();
    var uid = job.getMetadata().getUid();
    var all = others.toList();
    var bytes = all.stream().mapToLong(Shares::bytes).sum();
    if (share.bytes() > 0 && bytes >= share.bytes()) {
      return Optional.of(
          "The BatchJobs of namespace \"%s\" keep %,d MiB in the queue, and it may have %,d (%s); the job is accepted when some that have ended are deleted (ttlSecondsAfterFinished does it)."
              .formatted(namespace, bytes >> 20, share.bytes() >> 20, Share.MIB));
    }
    var taken = new HashMap<String, Long>();
    all.stream()
        .filter(
            other ->
                (Acceptance.isAccepted(other) || isSplitting(other))
                    && !JobConditions.isFinished(other.getStatus()))
        .forEach(other -> taken.put(other.getMetadata().getUid(), batches(other)));
    accepted.forEach(
        (other, what) -> {
          if (what.namespace().equals(namespace)) {
            taken.put(other, what.batches());
          }
        });
    taken.remove(uid);
    var sum = taken.values().stream().mapToLong(Long::longValue).sum();
    if (taken.size() + 1 > share.jobs()) {
      return Optional.of(
          "%d jobs of namespace \"%s\" have been accepted and have not ended, and it may have %d (%s); the job is accepted when one has."
              .formatted(taken.size(), namespace, share.jobs(), Share.JOBS));
    }
    if (sum + batches > share.batches()) {
      return Optional.of(
          "The job has %,d batches. Those of the jobs of namespace \"%s\" that have not ended are %,d, and it may have %,d (%s); the job is accepted when there is room, or a larger batchSize makes fewer of them."
              .formatted(batches, namespace, sum, share.batches(), Share.BATCHES));
    }
    accepted.put(uid, new Taken(namespace, batches));
    return Optional.empty();
  }

  /** Its splitter takes room in the namespace, too, also while it waits for something. */
  private static boolean isSplitting(BatchJob job) {
    return job.getStatus() != null
        && (job.getStatus().phase() == JobPhase.SPLITTING
            || job.getStatus().phase() == JobPhase.CHECKING);
  }

  private static long batches(BatchJob job) {
    var batches = job.getStatus().batches();
    return batches == null ? 0 : batches.total();
  }

  private static long bytes(BatchJob job) {
    var bytes = job.getStatus() == null ? null : job.getStatus().queueBytes();
    return bytes == null ? 0 : bytes;
  }

  /** The job has ended, is gone, or was not accepted. */
  public synchronized void forget(String uid) {
    accepted.remove(uid);
  }
}
