package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.ChangeListeners;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Usage;
import io.nats.client.Message;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counts of the open jobs: a cache of what the streams say, record by record. Of other jobs'
 * records nothing is kept but that there are some. Thread-safe.
 */
final class Tallies {
  private static final Logger LOG = LoggerFactory.getLogger(Tallies.class);

  /** Garbage is told of when there is this much more, for whoever writes it may write a lot. */
  private static final int TELL_EVERY = 500;

  // Guarded by this.
  private final Map<String, JobRecords> jobs = new HashMap<>();
  private final Map<String, Long> positions = new HashMap<>();
  private final ChangeListeners changes;
  private final SeenJobs seen;
  private final Function<String, @Nullable Message> readEnd;
  private long epoch;

  /**
   * Starts with no open job.
   *
   * @param readEnd reads a job's end record: followers see headers only
   */
  Tallies(ChangeListeners changes, SeenJobs seen, Function<String, @Nullable Message> readEnd) {
    this.changes = changes;
    this.seen = seen;
    this.readEnd = readEnd;
  }

  /** A follower begins behind this sequence. */
  synchronized void followedFrom(String stream, long sequence) {
    positions.put(stream, sequence);
  }

  /** Starts the counts anew, for the streams are others now and are followed from their begin. */
  void reset(long newEpoch) {
    synchronized (this) {
      epoch = newEpoch;
      positions.clear();
      jobs.replaceAll((job, old) -> new JobRecords(old.tally().total(), System::nanoTime));
    }
    tellAll();
  }

  synchronized long epoch() {
    return epoch;
  }

  /** A record of OUT or TRY, in the order of the stream. */
  void apply(String stream, Message record, long of) {
    var job = Subjects.job(record.getSubject());
    if (applied(stream, record, job, of) && job != null) {
      changes.changed(job);
    }
  }

  private synchronized boolean applied(
      String stream, Message record, @Nullable String job, long of) {
    if (of != epoch) {
      return false;
    }
    var records = job == null ? null : jobs.get(job);
    if (job != null) {
      seen.add(job);
    }
    // Whoever opens a job now takes what is behind this record from here.
    var changed = records != null && job != null && take(stream, record, job, records);
    positions.put(stream, record.metaData().streamSequence());
    return changed;
  }

  /** Hands a record to its job. Reading the end of one may take long, but jobs end only once. */
  boolean take(String stream, Message record, String job, JobRecords records) {
    var garbage = records.usage().garbage();
    boolean changed;
    if (stream.equals(Subjects.TRY)) {
      changed = records.attempts(record);
    } else if (Subjects.isEnd(record.getSubject())) {
      var end = readEnd.apply(job);
      changed = end != null && records.end(record, EndRecord.end(end.getData()));
    } else {
      changed = records.outcome(record);
    }
    var more = records.usage();
    if (more.garbage() == 1 && garbage == 0) {
      LOG.warn(
          "The record {} is none of ours; it and others like it are counted.", record.getSubject());
    }
    return changed
        || (more.garbage() > garbage && more.garbage() % TELL_EVERY == 0)
        || (more.idle() > 0 && more.idle() % TELL_EVERY == 0);
  }

  /** Whether the job is open; if so it has that many batches from now on. */
  synchronized boolean isOpen(String job, int total) {
    var open = jobs.get(job);
    if (open != null) {
      open.tally().grow(total);
    }
    return open != null;
  }

  /** Reads what is recorded of a job behind what was read before. */
  interface Rest {
    void readTo(JobRecords records);
  }

  /**
   * Opens a job, of which the records are known up to some sequence of each stream, at the very
   * place where the followers are.
   *
   * @param rest is read if the followers are further; they wait for it
   * @return false if the streams are not those any more that were read
   */
  synchronized boolean join(String job, JobRecords records, long of, Rest rest) {
    if (of != epoch) {
      return false;
    }
    for (var stream : List.of(Subjects.OUT, Subjects.TRY)) {
      if (records.upTo(stream) < positions.getOrDefault(stream, 0L)) {
        rest.readTo(records);
      }
    }
    jobs.putIfAbsent(job, records);
    return true;
  }

  synchronized void close(String job) {
    jobs.remove(job);
  }

  private JobRecords open(String job) {
    var records = jobs.get(job);
    if (records == null) {
      throw new IllegalStateException("Job " + job + " is not open.");
    }
    return records;
  }

  synchronized Counts counts(String job) {
    return open(job).tally().counts();
  }

  synchronized Usage usage(String job) {
    var records = jobs.get(job);
    return records == null ? Usage.NONE : records.usage();
  }

  synchronized List<Integer> failed(String job, int limit) {
    return open(job).tally().failed(limit);
  }

  synchronized List<Integer> partial(String job, int limit) {
    return open(job).tally().partial(limit);
  }

  /** Whether nothing more is to be done for a job: it has ended, or is not open any more. */
  synchronized boolean isOver(String job) {
    var records = jobs.get(job);
    return records == null || records.tally().hasEnded();
  }

  /** Batches with an outcome; 0 for a job that is not open any more. */
  synchronized int done(String job) {
    var records = jobs.get(job);
    return records == null ? 0 : records.tally().counts().done();
  }

  synchronized boolean isDone(String job, int index) {
    return open(job).tally().isDone(index);
  }

  /**
   * The first batches that have no outcome and are not in the queue.
   *
   * @param limit how many at most
   */
  synchronized BitSet missing(String job, BitSet inQueue, int limit) {
    var missing = new BitSet();
    var records = jobs.get(job);
    if (records == null) {
      return missing;
    }
    var tally = records.tally();
    var found = 0;
    for (var index = tally.nextMissing(0);
        index < tally.total() && found < limit;
        index = tally.nextMissing(index + 1)) {
      if (!inQueue.get(index)) {
        missing.set(index);
        found++;
      }
    }
    return missing;
  }

  /** Calls the listeners for every open job. */
  void tellAll() {
    Set<String> open;
    synchronized (this) {
      open = Set.copyOf(jobs.keySet());
    }
    open.forEach(changes::changed);
  }
}
