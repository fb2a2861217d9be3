package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ChangeListeners;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Enqueued;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Splits;
import dev.batchapi.queue.Usage;
import dev.batchapi.queue.Waiting;
import dev.batchapi.queue.Window;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side on JetStream. Thread-safe; calls that change one job wait for each other. Keeps
 * the streams as they should be, and counts the open jobs by following them.
 */
public final class JetStreamLedger implements Ledger {
  /** For some ends at a time, beyond the bound of OUT. */
  private static final long ROOM_FOR_ENDS = 1 << 20;

  private final NatsConnection nats;
  private final JetStreamSettings settings;
  private final Streams streams;
  private final ChangeListeners changes;
  private final SeenJobs seen = new SeenJobs();
  private final Tallies tallies;
  private final FollowedStreams followed;
  private final Opening opening;
  private final WorkFiller filler;
  private final Consumers consumers;
  private final Leftovers leftovers;
  private final JetStreamSplits splits;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Map<String, Duration> leases = new ConcurrentHashMap<>();

  private JetStreamLedger(NatsConnection nats, JetStreamSettings settings) {
    this.nats = nats;
    this.settings = settings;
    streams = new Streams(nats, settings);
    changes = new ChangeListeners();
    tallies = new Tallies(changes, seen, job -> nats.directGet(Subjects.OUT, Subjects.end(job)));
    followed = new FollowedStreams(nats, streams, tallies, changes, settings.patience());
    opening = new Opening(nats, tallies);
    filler = new WorkFiller(nats, streams, followed, tallies, System::nanoTime);
    consumers = new Consumers(streams, followed::epoch);
    leftovers = new Leftovers(nats, followed, seen);
    splits = new JetStreamSplits(nats, streams);
  }

  /**
   * Connects and sets up the streams.
   *
   * @throws QueueUnavailableException if there is no server within {@code settings.patience()}
   */
  public static JetStreamLedger connect(NatsAccess access, JetStreamSettings settings) {
    var nats = NatsConnection.open(access, settings.patience(), null);
    try {
      return new JetStreamLedger(nats, settings);
    } catch (RuntimeException e) {
      nats.close();
      throw e;
    }
  }

  @Override
  public void open(String job, int total) {
    if (tallies.isOpen(Subjects.checkJob(job), total)) {
      return; // not under the job's lock: it may be being enqueued
    }
    locked(
        job,
        () -> {
          opening.open(job, total);
          return true;
        });
  }

  @Override
  public void close(String job) {
    tallies.close(Subjects.checkJob(job));
    leases.remove(job);
    locks.remove(job);
  }

  @Override
  public Enqueued enqueue(String job, Batches batches, Window window) {
    return enqueue(job, batches, window, settings.lease());
  }

  @Override
  public Enqueued enqueue(String job, Batches batches, Window window, Duration lease) {
    return locked(
        job,
        () -> {
          opening.open(job, batches.count());
          consumers.made(job);
          leases.put(job, lease);
          return filler.fill(job, batches, window, lease);
        });
  }

  @Override
  public void enqueueCompletion(String job, byte[] summary) {
    locked(
        job,
        () -> {
          consumers.made(job);
          filler.fillCompletion(job, summary, leases.getOrDefault(job, settings.lease()));
          return true;
        });
  }

  @Override
  public Counts counts(String job) {
    Subjects.checkJob(job);
    followed.catchUp();
    return tallies.counts(job);
  }

  @Override
  public Optional<Waiting> waiting(String job) {
    var subject = Subjects.waiting(Subjects.checkJob(job));
    var record = nats.directGetIfAnswered(Subjects.RATE, subject);
    return record == null ? Optional.empty() : WaitingRecord.read(record);
  }

  @Override
  public Usage usage(String job) {
    return tallies.usage(Subjects.checkJob(job));
  }

  @Override
  public void outcomesWhile(String job, OutcomeReader reader) {
    new Outcomes(nats, Subjects.checkJob(job)).readWhile(reader);
  }

  @Override
  public List<Integer> partial(String job, int limit) {
    Subjects.checkJob(job);
    followed.catchUp();
    return tallies.partial(job, limit);
  }

  @Override
  public List<Integer> failed(String job, int limit) {
    Subjects.checkJob(job);
    followed.catchUp();
    return tallies.failed(job, limit);
  }

  @Override
  public @Nullable Outcome outcome(String job, int index) {
    return new Outcomes(nats, Subjects.checkJob(job)).read(index);
  }

  @Override
  public End end(String job, End end) {
    // Not under the job's lock: the end of a job stops its enqueuing.
    Subjects.checkJob(job);
    try {
      publishEnd(job, end);
    } catch (QueueFullException e) {
      // It must always be possible; and nothing of its work is needed any more.
      streams.purge(Subjects.WORK, Subjects.allWork(job));
      streams.withRoom(Subjects.OUT, ROOM_FOR_ENDS, () -> publishEnd(job, end));
    }
    var stands = nats.directGet(Subjects.OUT, Subjects.end(job));
    return stands == null ? end : EndRecord.end(stands.getData());
  }

  private void publishEnd(String job, End end) {
    nats.request(
        "end job " + job,
        () -> {
          try {
            return nats.jetStream()
                .publish(Subjects.end(job), EndRecord.body(end), firstOnSubject())
                .getSeqno();
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) == Refusal.TAKEN) {
              return 0L;
            }
            throw e;
          }
        });
  }

  static PublishOptions firstOnSubject() {
    return PublishOptions.builder()
        .expectedLastSubjectSequence(0)
        .streamTimeout(NatsConnection.REQUEST_TIMEOUT)
        .build();
  }

  @Override
  public void retire(String job) {
    locked(
        job,
        () -> {
          if (consumers.mayHave(job)) {
            purgeWork(job);
          }
          return true;
        });
  }

  /** The consumer goes last, for it is what jobs() and retire() know of work that is left. */
  private void purgeWork(String job) {
    streams.purge(Subjects.RATE, Subjects.rate(job));
    streams.purge(Subjects.RATE, Subjects.waiting(job));
    streams.purge(Subjects.WORK, Subjects.allWork(job));
    streams.deleteConsumer(job);
    consumers.deleted(job);
  }

  @Override
  public void discard(String job) {
    locked(
        job,
        () -> {
          purgeWork(job);
          splits.forget(job);
          streams.purge(Subjects.TRY, Subjects.allAttempts(job));
          streams.purge(Subjects.OUT, Subjects.allOut(job));
          return true;
        });
  }

  @Override
  public void remove(String job) {
    locked(
        job,
        () -> {
          tallies.close(job);
          // Before the purges: what comes after them is seen again, and the job named again.
          followed.catchUp();
          seen.remove(job);
          try {
            purgeAll(job);
          } catch (RuntimeException e) {
            seen.add(job);
            throw e;
          }
          return true;
        });
    leases.remove(job);
    locks.remove(job);
  }

  /** The end record goes last: as long as anything is left, jobs() names the job. */
  private void purgeAll(String job) {
    splits.forget(job);
    splits.forgetProgress(job);
    streams.purge(Subjects.TRY, Subjects.allAttempts(job));
    streams.purge(Subjects.OUT, Subjects.allOut(job));
    purgeWork(job);
    streams.purge(Subjects.OUT, Subjects.end(job));
  }

  @Override
  public Set<String> jobs() {
    followed.catchUp();
    leftovers.look();
    var jobs = seen.uids();
    jobs.addAll(consumers.names());
    jobs.addAll(splits.jobsWithSplits());
    jobs.addAll(streams.jobs(Subjects.RATE, "rate.*"));
    jobs.addAll(streams.jobs(Subjects.RATE, "wait.*"));
    return jobs;
  }

  @Override
  public long epoch() {
    return followed.epoch();
  }

  @Override
  public Registration onChange(Consumer<String> listener) {
    return changes.add(listener);
  }

  /**
   * Whether there is a connection now; one that was lost comes back by itself.
   *
   * @throws dev.batchapi.queue.QueueAccessException if it will not come back
   */
  public boolean connected() {
    return nats.isConnected();
  }

  /** Calls the action, which must be quick, after every reconnect. */
  public void onReconnect(Runnable action) {
    nats.afterReconnect(action);
  }

  /** What splitters have written, on the same connection. */
  public Splits splits() {
    return splits;
  }

  /** How long a lease lasts without being renewed. */
  public Duration leaseDuration() {
    return settings.lease();
  }

  private interface Action<T> {
    T run();
  }

  private <T> T locked(String job, Action<T> action) {
    var lock = locks.computeIfAbsent(Subjects.checkJob(job), id -> new ReentrantLock());
    lock.lock();
    try {
      return action.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    followed.close();
    changes.close();
    nats.close();
  }
}
