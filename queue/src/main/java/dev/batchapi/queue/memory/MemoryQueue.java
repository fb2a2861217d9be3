package dev.batchapi.queue.memory;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ChangeListeners;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Enqueued;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.Usage;
import dev.batchapi.queue.Window;
import dev.batchapi.queue.WorkQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one process. Thread-safe. Payloads stay in {@link Batches} until a batch is leased;
 * results and errors are kept in a file, so that a run's memory does not grow with them.
 */
public final class MemoryQueue implements Ledger {
  /** How long a lease lasts unless said otherwise. */
  public static final Duration LEASE = Duration.ofSeconds(15);

  private final Map<String, MemoryJob> jobs = new ConcurrentHashMap<>();
  private final ChangeListeners changes = new ChangeListeners();
  private final Duration leaseDuration;
  private final LongSupplier nanos;
  private final Spool spool;
  private final @Nullable Journal journal;

  /** A queue that keeps results in the system's folder for temporary files. */
  public MemoryQueue() {
    this(temporary());
  }

  /**
   * A queue that keeps results in a folder of the caller's, which needs room for all of them.
   *
   * @param folder an existing one; nothing is left in it
   */
  public MemoryQueue(Path folder) {
    this(LEASE, System::nanoTime, new Spool(folder), null);
  }

  /**
   * A queue of one job that keeps its outcomes under a name, for a process that comes after this
   * one: see {@link #restore}.
   *
   * @param journal whoever opened it closes it
   */
  public MemoryQueue(Journal journal) {
    this(LEASE, System::nanoTime, journal.bodies(), journal);
  }

  /**
   * A queue with a clock of its own, for leases and delays; waiting for work takes real time.
   *
   * @param nanos a clock that only goes forward, in nanoseconds
   */
  public MemoryQueue(Duration leaseDuration, LongSupplier nanos) {
    this(leaseDuration, nanos, new Spool(temporary()), null);
  }

  private MemoryQueue(
      Duration leaseDuration, LongSupplier nanos, Spool spool, @Nullable Journal journal) {
    this.leaseDuration = leaseDuration;
    this.nanos = nanos;
    this.spool = spool;
    this.journal = journal;
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** A worker's side of a job; the job may be enqueued later. Any number of threads may use it. */
  public WorkQueue worker(String job) {
    return new MemoryWorkQueue(job(job), leaseDuration);
  }

  /**
   * How long it takes until the last batch that waits for another attempt may have it; 0 if none.
   */
  public Duration longestDelay(String job) {
    var known = jobs.get(job);
    return known == null ? Duration.ZERO : known.longestDelay();
  }

  /** Of the attempt that failed last; null if none did. */
  public @Nullable BatchError lastError(String job) {
    var known = jobs.get(job);
    return known == null ? null : known.lastError();
  }

  private MemoryJob job(String job) {
    return jobs.computeIfAbsent(
        job, id -> new MemoryJob(leaseDuration, nanos, spool, journal, () -> changes.changed(id)));
  }

  /**
   * Opens a job with the outcomes that its journal has: they are not done again.
   *
   * @param total how many batches it has
   * @param withFailed whether batches that failed are left so; otherwise they are to be done again,
   *     and {@code on_job_complete} too
   */
  public void restore(String job, int total, boolean withFailed) {
    if (journal == null) {
      throw new IllegalStateException("This queue has no journal.");
    }
    job(job).restore(journal.known(), total, withFailed);
  }

  @Override
  public void open(String job, int total) {
    job(job).open(total);
  }

  @Override
  public void close(String job) {
    var known = jobs.get(job);
    if (known != null) {
      known.close();
    }
  }

  /** Payloads are not copied, so of a window the number of batches alone counts. */
  @Override
  public Enqueued enqueue(String job, Batches batches, Window window) {
    return job(job).enqueue(batches, window);
  }

  @Override
  public void enqueueCompletion(String job, byte[] summary) {
    job(job).enqueueCompletion(summary);
  }

  @Override
  public Counts counts(String job) {
    var known = jobs.get(job);
    if (known == null) {
      throw new IllegalStateException("Job " + job + " is not open.");
    }
    return known.counts();
  }

  /** Nobody but our own workers writes here. */
  @Override
  public Usage usage(String job) {
    return Usage.NONE;
  }

  @Override
  public void outcomesWhile(String job, OutcomeReader reader) {
    var known = jobs.get(job);
    if (known != null) {
      known.outcomesWhile(reader);
    }
  }

  @Override
  public List<Integer> partial(String job, int limit) {
    var known = jobs.get(job);
    return known == null ? List.of() : known.partial(limit);
  }

  @Override
  public List<Integer> failed(String job, int limit) {
    var known = jobs.get(job);
    return known == null ? List.of() : known.failed(limit);
  }

  @Override
  public @Nullable Outcome outcome(String job, int index) {
    var known = jobs.get(job);
    return known == null ? null : known.outcome(index);
  }

  @Override
  public End end(String job, End end) {
    return job(job).end(end);
  }

  @Override
  public void retire(String job) {
    job(job).retire();
  }

  @Override
  public void discard(String job) {
    job(job).discard();
  }

  @Override
  public void remove(String job) {
    // The emptied job stays in the map: a worker that still waits on it must not miss a later one.
    job(job).clear();
  }

  @Override
  public Set<String> jobs() {
    return jobs.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Override
  public long epoch() {
    return 0;
  }

  @Override
  public Registration onChange(Consumer<String> listener) {
    return changes.add(listener);
  }

  @Override
  public void close() {
    changes.close();
    spool.close();
  }
}
