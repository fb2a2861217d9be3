package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.operator.job.observe.Seldom;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Splits;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Keeps where the batches of a namespace's jobs lie within its {@link Share} of the queue. Nobody
 * knows beforehand how much a job takes: one that takes too much begins again when there is room
 * for what it had taken then. What counts is what the queue has.
 */
public final class SplitRoom {
  private static final Comparator<BatchJob> AGE =
      Comparator.comparing((BatchJob job) -> job.getMetadata().getCreationTimestamp())
          .thenComparing(job -> job.getMetadata().getUid());

  private final Supplier<Splits> splits;
  // Guarded by this.
  private final Seldom<Map<String, Integer>> written = new Seldom<>();

  /**
   * @param splits as they can be reached now, or a {@link QueueUnavailableException}
   */
  public SplitRoom(Supplier<Splits> splits) {
    this.splits = splits;
  }

  /**
   * There is no room for a job.
   *
   * @param needed bytes that it needs at the least; 0: nobody knows
   */
  record Lacking(long needed, String message) {}

  /**
   * Whether a job that is not accepted has room. Those that are younger, and not accepted either,
   * have to make room for it.
   *
   * @param before bytes that it is known to need at the least
   * @param others BatchJobs of its namespace
   */
  Optional<Lacking> look(
      BatchJob job, long before, Stream<BatchJob> others, Share share, Instant now) {
    var input = job.getSpec().input();
    if (share.splitBytes() == 0 || (input.files() == null && input.rerun() == null)) {
      return Optional.empty();
    }
    Map<String, Integer> records;
    try {
      records = written(now);
    } catch (QueueUnavailableException e) { // who goes on says so
      return Optional.empty();
    }
    var needed = Math.max(before, bytes(job, records));
    var taken =
        others
            .filter(other -> isSettled(other) || AGE.compare(other, job) < 0)
            .mapToLong(other -> bytes(other, records))
            .sum();
    return taken + Math.max(1, needed) <= share.splitBytes()
        ? Optional.empty()
        : Optional.of(new Lacking(needed, message(job, needed, taken, share.splitBytes())));
  }

  private synchronized Map<String, Integer> written(Instant now) {
    return written.ask(() -> Optional.of(splits.get().written()), now).orElse(Map.of());
  }

  private static boolean isSettled(BatchJob job) {
    return Acceptance.isAccepted(job) || JobConditions.isFinished(job.getStatus());
  }

  /** About, and not less; of an accepted job its status bounds what its last chunk has. */
  private static long bytes(BatchJob job, Map<String, Integer> records) {
    var most = records.getOrDefault(job.getMetadata().getUid(), 0) * (long) ChunkSink.CHUNK;
    var kept = Acceptance.isAccepted(job) ? job.getStatus().queueBytes() : null;
    return kept == null ? most : Math.min(most, kept);
  }

  private static String message(BatchJob job, long needed, long taken, long share) {
    var namespace = job.getMetadata().getNamespace();
    return needed > share
        ? "Where the job's batches lie takes more of the queue than the %,d MiB that all jobs of namespace \"%s\" may have (%s): unpack its compressed files, or make several jobs of it."
            .formatted(share >> 20, namespace, Share.SPLIT_MIB)
        : "Where the batches of other jobs of namespace \"%s\" lie takes %,d MiB of the queue, this job needs %,d or more, and all may have %,d (%s); its files are split when some have ended, or were deleted if items of theirs can be run again (ttlSecondsAfterFinished does it). Files that are not compressed take little."
            .formatted(namespace, taken >> 20, needed >> 20, share >> 20, Share.SPLIT_MIB);
  }
}
