package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.operator.job.observe.Seldom;
import dev.batchapi.operator.job.split.Splitting;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Splits;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps where the batches of a namespace's jobs lie within its {@link Share} of the queue: while
 * they take less, further jobs begin. Nobody knows beforehand how much one takes. Of those that
 * have begun the youngest make room for the others, each once at the most: it begins again when it
 * can keep what it takes, whatever that is. So a namespace has its share, and what one job may take
 * in addition.
 *
 * <p>What counts is what the queue has. Jobs that have ended count nothing: what is kept of them
 * for {@code input.rerun} goes when the others need the room, of the one that ended first first.
 */
public final class SplitRoom {
  private static final Logger LOG = LoggerFactory.getLogger(SplitRoom.class);

  /**
   * One that has begun a moment ago is taken to need this part of what a job may take, for it is
   * some seconds until it is looked at again.
   */
  private static final int FIRST = 8;

  private static final Duration MOMENT = Duration.ofSeconds(30);

  /** Who waits is looked at every few seconds; unless it waits for something else. */
  private static final Duration IN_LINE = Duration.ofMinutes(2);

  /** Of an accepted job that has so little altogether nobody need know how much of it this is. */
  private static final long LITTLE = 1 << 20;

  private final Supplier<Splits> splits;
  private final long most;
  // All below is guarded by this.
  private final Seldom<Map<String, Integer>> written = new Seldom<>();
  private final Map<String, Size> sizes = new HashMap<>();
  private final Map<String, Claim> claims = new HashMap<>();

  /**
   * @param splits as they can be reached now, or a {@link QueueUnavailableException}
   */
  public SplitRoom(Supplier<Splits> splits) {
    this(splits, (long) ChunkSink.MOST_CHUNKS * ChunkSink.CHUNK);
  }

  /**
   * The same of smaller jobs.
   *
   * @param most bytes that one job may take
   */
  SplitRoom(Supplier<Splits> splits, long most) {
    this.splits = splits;
    this.most = most;
  }

  private enum Turn {
    BEGUN,
    /** It had begun, and waits to begin again. */
    DROPPED,
    /** It has begun again, or may. */
    GRANTED
  }

  private record Claim(Turn turn, Instant since, Instant seen) {}

  private record Size(int records, long bytes) {}

  /**
   * There is no room for a job.
   *
   * @param begun whether it has begun, and is to be ended
   */
  record Lacking(boolean begun, String message) {}

  /**
   * Whether a job that is not accepted has room.
   *
   * @param all BatchJobs of its namespace
   */
  synchronized Optional<Lacking> look(
      BatchJob job, Stream<BatchJob> all, Share share, Instant now) {
    claims.values().removeIf(claim -> now.isAfter(claim.seen().plus(IN_LINE)));
    if (share.splitBytes() == 0 || !takesRoom(job) || isSuspended(job)) {
      claims.remove(uid(job));
      return Optional.empty();
    }
    try {
      var there = written.ask(() -> Optional.of(new HashMap<>(splits.get().written())), now).get();
      sizes.keySet().retainAll(there.keySet());
      var others = all.filter(other -> !uid(other).equals(uid(job))).toList();
      return decide(job, others, there, share, now);
    } catch (QueueUnavailableException e) { // who goes on says so
      return Optional.empty();
    }
  }

  /** The job is accepted: what it has is what it takes. */
  synchronized void forget(String uid) {
    claims.remove(uid);
  }

  private Optional<Lacking> decide(
      BatchJob job, List<BatchJob> others, Map<String, Integer> there, Share share, Instant now) {
    var uid = uid(job);
    var claim = claims.get(uid);
    var turn = claim != null ? claim.turn() : there.containsKey(uid) ? Turn.BEGUN : null;
    if (turn != Turn.GRANTED) {
      var taken = new Taken(job, turn, there, now);
      others.forEach(taken::add);
      if (taken.behind || taken.bytes >= share.splitBytes()) {
        // What nobody's splitter writes is no matter of shares, and must be there to be seen.
        if (turn != null && splits.get().written(uid) > Splitting.MOST_RECORDS) {
          return Optional.empty();
        }
        if (turn != null) {
          claims.put(uid, new Claim(Turn.DROPPED, now, now));
        }
        var begun = turn == Turn.BEGUN || there.containsKey(uid);
        return Optional.of(new Lacking(begun, message(job, taken, share)));
      }
    }
    var next = turn == null || turn == Turn.BEGUN ? Turn.BEGUN : Turn.GRANTED;
    claims.put(uid, new Claim(next, claim == null ? now : claim.since(), now));
    makeRoom(job, others, there, share);
    return Optional.empty();
  }

  /** What stands before a job. */
  private final class Taken {
    private final BatchJob job;
    private final @Nullable Turn turn;
    private final Map<String, Integer> there;
    private final Instant now;
    private long bytes;
    private boolean behind;

    Taken(BatchJob job, @Nullable Turn turn, Map<String, Integer> there, Instant now) {
      this.job = job;
      this.turn = turn;
      this.there = there;
      this.now = now;
    }

    void add(BatchJob other) {
      if (countsNothing(other)) {
        return;
      }
      var claim = claims.get(uid(other));
      var older = AGE.compare(other, job) < 0;
      if (Acceptance.isAccepted(other)) {
        bytes += held(other, there);
      } else if (claim == null) {
        bytes += turn != Turn.BEGUN || older ? held(other, there) : 0;
      } else {
        switch (claim.turn()) {
          case GRANTED -> bytes += most;
          case DROPPED -> behind |= turn == null || (turn == Turn.DROPPED && older);
          case BEGUN -> {
            var fresh = now.isBefore(claim.since().plus(MOMENT)) ? most / FIRST : 0;
            bytes += turn != Turn.BEGUN || older ? Math.max(fresh, held(other, there)) : 0;
          }
        }
      }
    }
  }

  private static final Comparator<BatchJob> AGE =
      Comparator.comparing((BatchJob job) -> job.getMetadata().getCreationTimestamp())
          .thenComparing(SplitRoom::uid);

  private static String uid(BatchJob job) {
    return job.getMetadata().getUid();
  }

  private static boolean takesRoom(BatchJob job) {
    return job.getSpec().input().files() != null || job.getSpec().input().rerun() != null;
  }

  private static boolean isSuspended(BatchJob job) {
    return Boolean.TRUE.equals(job.getSpec().suspend());
  }

  /** It has ended, is about to, or does nothing now. */
  private static boolean countsNothing(BatchJob job) {
    return JobConditions.isFinished(job.getStatus())
        || Boolean.TRUE.equals(job.getSpec().cancel())
        || (isSuspended(job) && !Acceptance.isAccepted(job));
  }

  private long held(BatchJob job, Map<String, Integer> there) {
    var uid = uid(job);
    var records = there.getOrDefault(uid, 0);
    if (records == 0) {
      return 0;
    }
    if (records > Splitting.MOST_RECORDS) { // it is about to be refused
      return most;
    }
    var kept = Acceptance.isAccepted(job) ? job.getStatus().queueBytes() : null;
    if (kept != null && kept <= LITTLE) {
      return kept;
    }
    var size = sizes.get(uid);
    if (size == null || size.records() != records) {
      size = new Size(records, splits.get().bytes(uid));
      sizes.put(uid, size);
    }
    return size.bytes();
  }

  /** What nobody needs now goes, as far as it has to. */
  private void makeRoom(
      BatchJob job, List<BatchJob> others, Map<String, Integer> there, Share share) {
    var all = held(job, there) + others.stream().mapToLong(other -> held(other, there)).sum();
    if (all <= share.splitBytes()) {
      return;
    }
    var read =
        Stream.concat(Stream.of(job), others.stream())
            .filter(other -> !Acceptance.isAccepted(other) && !countsNothing(other))
            .map(other -> other.getSpec().input().rerun())
            .filter(Objects::nonNull)
            .map(rerun -> rerun.job())
            .collect(Collectors.toSet());
    var unneeded =
        others.stream()
            .filter(SplitRoom::countsNothing)
            .filter(other -> JobConditions.isFinished(other.getStatus()) || isSuspended(other))
            .filter(other -> there.containsKey(uid(other)))
            .filter(other -> !read.contains(other.getMetadata().getName()))
            .sorted(Comparator.comparing(SplitRoom::end))
            .iterator();
    while (all > share.splitBytes() && unneeded.hasNext()) {
      var other = unneeded.next();
      all -= held(other, there);
      splits.get().forget(uid(other));
      there.remove(uid(other));
      LOG.info(
          "Where the batches of BatchJob {} in {} lie is not kept: other jobs need the room.",
          other.getMetadata().getName(),
          other.getMetadata().getNamespace());
    }
  }

  /** A suspended one has its files split again. */
  private static String end(BatchJob job) {
    var status = job.getStatus();
    return status == null ? "" : Objects.requireNonNullElse(status.completionTime(), "");
  }

  private static String message(BatchJob job, Taken taken, Share share) {
    return "Where the batches of other jobs of namespace \"%s\" lie takes %,d MiB of the queue, or may, and while that is %,d or more (%s; BATCHAPI_MAX_SPLIT_MIB) no further job begins%s. This one goes on by itself when some of them have ended. Files that are not compressed take little."
        .formatted(
            job.getMetadata().getNamespace(),
            taken.bytes >> 20,
            share.splitBytes() >> 20,
            Share.SPLIT_MIB,
            taken.behind ? "; an earlier one waits, too, and is first" : "");
  }
}
