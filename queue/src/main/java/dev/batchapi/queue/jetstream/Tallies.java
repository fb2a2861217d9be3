package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.ChangeListeners;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.Tally;
import io.nats.client.Message;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The counts of all jobs: a cache of what the streams say, record by record. Thread-safe. */
final class Tallies {
  private static final Logger LOG = LoggerFactory.getLogger(Tallies.class);

  private static final int GARBAGE_TOLD = 10;

  private static final class Job {
    final Tally tally = new Tally();
    long endSequence = Long.MAX_VALUE;
  }

  private final Map<String, Job> jobs = new HashMap<>();
  private final ChangeListeners changes;
  private final Function<String, @Nullable Message> readEnd;
  private final AtomicInteger garbage = new AtomicInteger();
  private long epoch;

  /**
   * Starts empty.
   *
   * @param readEnd reads a job's end record: followers see headers only
   */
  Tallies(ChangeListeners changes, Function<String, @Nullable Message> readEnd) {
    this.changes = changes;
    this.readEnd = readEnd;
  }

  /** Forgets everything, for the streams are others now. */
  void reset(long newEpoch) {
    Set<String> known;
    synchronized (this) {
      epoch = newEpoch;
      known = Set.copyOf(jobs.keySet());
      jobs.clear();
    }
    known.forEach(changes::changed);
  }

  /** A record of OUT. */
  void applyOut(Message record, long of) {
    var ended = Subjects.jobOfEnd(record.getSubject());
    if (ended != null) {
      applyEnd(ended, record.metaData().streamSequence(), of);
      return;
    }
    var batch = Subjects.batch(record.getSubject());
    if (batch == null) {
      garbage("ignored", record);
      return;
    }
    var head = OutcomeRecord.head(record);
    if (head == null) {
      garbage("counted as failed", record);
      head = new OutcomeRecord.Head(Outcome.Kind.FAILED, 1, 1);
    }
    synchronized (this) {
      if (of == epoch) {
        job(batch.job()).tally.outcome(batch.index(), head.kind(), head.failures());
      }
    }
    changes.changed(batch.job());
  }

  private void applyEnd(String job, long sequence, long of) {
    var record = readEnd.apply(job);
    if (record == null) {
      return; // removed in the meantime
    }
    var end = EndRecord.end(record.getData());
    synchronized (this) {
      if (of == epoch) {
        job(job).tally.ended(end);
        job(job).endSequence = sequence;
      }
    }
    changes.changed(job);
  }

  /** A record of TRY. */
  void applyTry(Message record, long of) {
    var batch = Subjects.batch(record.getSubject());
    var head = AttemptRecord.head(record);
    if (batch == null || head == null) {
      garbage("ignored", record);
      return;
    }
    synchronized (this) {
      if (of == epoch) {
        job(batch.job()).tally.tried(batch.index(), head.failures(), head.losses());
      }
    }
    changes.changed(batch.job());
  }

  /** Tells of the first few: whoever writes garbage may write a lot of it. */
  private void garbage(String what, Message record) {
    if (garbage.incrementAndGet() <= GARBAGE_TOLD) {
      LOG.warn("The record {} is none of ours; it is {}.", record.getSubject(), what);
    }
  }

  private Job job(String job) {
    return jobs.computeIfAbsent(job, id -> new Job());
  }

  synchronized Counts counts(String job) {
    var known = jobs.get(job);
    return known == null ? Counts.NONE : known.tally.counts();
  }

  synchronized List<Integer> failed(String job, int limit) {
    var known = jobs.get(job);
    return known == null ? List.of() : known.tally.failed(limit);
  }

  synchronized boolean hasEnded(String job) {
    var known = jobs.get(job);
    return known != null && known.tally.hasEnded();
  }

  synchronized boolean isDone(String job, int index) {
    var known = jobs.get(job);
    return known != null && known.tally.isDone(index);
  }

  /** Indices from 0 to total - 1 that have no outcome. */
  synchronized BitSet missing(String job, int total) {
    var missing = new BitSet(total);
    missing.set(0, total);
    var known = jobs.get(job);
    if (known != null) {
      known.tally.removeDone(missing);
    }
    return missing;
  }

  /** Whether an outcome at this sequence of OUT counts. */
  synchronized boolean isBeforeEnd(String job, long sequence) {
    var known = jobs.get(job);
    return known == null || sequence < known.endSequence;
  }

  synchronized Set<String> jobs() {
    return Set.copyOf(jobs.keySet());
  }

  synchronized void remove(String job) {
    jobs.remove(job);
  }

  /** Calls the listeners for every job that is known. */
  void tellAll() {
    jobs().forEach(changes::changed);
  }

  /** The end record as it is in the ledger. */
  @Nullable End end(String job) {
    return counts(job).end().orElse(null);
  }
}
