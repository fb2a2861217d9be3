package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ChangeListeners;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueUnavailableException;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side on JetStream. Thread-safe; calls that change one job wait for each other. Keeps
 * the streams as they should be, and counts by following them.
 */
public final class JetStreamLedger implements Ledger {
  private final Link link;
  private final JetStreamSettings settings;
  private final Streams streams;
  private final ChangeListeners changes;
  private final Tallies tallies;
  private final FollowedStreams followed;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  private JetStreamLedger(Link link, JetStreamSettings settings) {
    this.link = link;
    this.settings = settings;
    streams = new Streams(link, settings);
    changes = new ChangeListeners();
    tallies = new Tallies(changes, job -> link.directGet(Subjects.OUT, Subjects.end(job)));
    followed = new FollowedStreams(link, streams, tallies, settings.patience());
  }

  /**
   * Connects and sets up the streams.
   *
   * @throws QueueUnavailableException if there is no server within {@code settings.patience()}
   */
  public static JetStreamLedger connect(NatsAccess access, JetStreamSettings settings) {
    var link = Link.open(access, settings.patience(), null);
    try {
      return new JetStreamLedger(link, settings);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  @Override
  public int enqueue(String job, Batches batches) {
    return locked(
        job,
        () -> {
          followed.catchUp();
          var total = batches.count();
          var missing = tallies.missing(job, total);
          if (tallies.hasEnded(job) || missing.isEmpty()) {
            return 0;
          }
          var consumer = streams.consumer(job);
          // A batch whose acknowledgement is on its way is counted twice here, so this may hide one
          // that is missing, until that one is acknowledged; the next call finds it.
          if (consumer.getNumPending() + consumer.getNumAckPending() >= missing.cardinality()) {
            return 0;
          }
          return new Enqueuer(link, job, batches).publish(missing, () -> tallies.hasEnded(job));
        });
  }

  @Override
  public void enqueueCompletion(String job, byte[] summary) {
    locked(
        job,
        () -> {
          followed.catchUp();
          if (tallies.hasEnded(job) || tallies.isDone(job, Lease.COMPLETION)) {
            return false;
          }
          streams.consumer(job);
          return Enqueuer.publishOne(link, Subjects.work(job, Lease.COMPLETION), summary);
        });
  }

  @Override
  public Counts counts(String job) {
    Subjects.checkJob(job);
    followed.catchUp();
    return tallies.counts(job);
  }

  @Override
  public void outcomes(String job, OutcomeVisitor visitor) {
    Subjects.checkJob(job);
    followed.catchUp();
    var next = 1L;
    var failures = 0;
    while (next > 0) {
      var range = new StreamReader.Range(Subjects.OUT, Subjects.allOut(job), next, false);
      try (var reader = StreamReader.open(link, range)) {
        for (var left = reader.pendingAtStart(); left > 0; left--) {
          var record = reader.next(Link.REQUEST_TIMEOUT);
          if (record == null) {
            throw new IOException("the outcomes of job " + job + " stopped coming");
          }
          next = record.metaData().streamSequence() + 1;
          var batch = Subjects.batch(record.getSubject());
          if (batch != null && batch.index() >= 0 && tallies.isBeforeEnd(job, next - 1)) {
            visitor.visit(batch.index(), OutcomeRecord.outcome(record));
          }
        }
        next = -1;
      } catch (IOException | io.nats.client.JetStreamStatusException e) {
        if (++failures == 3) {
          throw new QueueUnavailableException("Could not read the outcomes of job " + job, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Link.interrupted("reading the outcomes of job " + job, e);
      }
    }
  }

  @Override
  public List<Integer> failed(String job, int limit) {
    Subjects.checkJob(job);
    followed.catchUp();
    return tallies.failed(job, limit);
  }

  @Override
  public @Nullable Outcome outcome(String job, int index) {
    Subjects.checkJob(job);
    followed.catchUp();
    var record = link.directGet(Subjects.OUT, Subjects.out(job, index));
    return record == null || !tallies.isBeforeEnd(job, DirectGet.sequence(record))
        ? null
        : OutcomeRecord.outcome(record);
  }

  @Override
  public End end(String job, End end) {
    // Not under the job's lock: the end of a job stops its enqueuing.
    Subjects.checkJob(job);
    link.request(
        "end job " + job,
        () -> {
          try {
            return link.jetStream()
                .publish(Subjects.end(job), EndRecord.body(end), firstOnSubject())
                .getSeqno();
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) == Refusal.TAKEN) {
              return 0L;
            }
            throw e;
          }
        });
    followed.catchUp();
    return Objects.requireNonNullElse(tallies.end(job), end);
  }

  static PublishOptions firstOnSubject() {
    return PublishOptions.builder()
        .expectedLastSubjectSequence(0)
        .streamTimeout(Link.REQUEST_TIMEOUT)
        .build();
  }

  @Override
  public void retire(String job) {
    locked(
        job,
        () -> {
          streams.deleteConsumer(job);
          // What waits would be dead weight until the job is removed.
          streams.purge(Subjects.WORK, Subjects.allWork(job));
          return true;
        });
  }

  @Override
  public void remove(String job) {
    locked(
        job,
        () -> {
          // The end record goes last: as long as anything is left, jobs() names the job.
          streams.deleteConsumer(job);
          streams.purge(Subjects.WORK, Subjects.allWork(job));
          streams.purge(Subjects.TRY, Subjects.allAttempts(job));
          streams.purge(Subjects.OUT, Subjects.allOut(job));
          streams.purge(Subjects.OUT, Subjects.end(job));
          followed.catchUp();
          tallies.remove(job);
          return true;
        });
    locks.remove(job);
  }

  @Override
  public Set<String> jobs() {
    followed.catchUp();
    var jobs = new HashSet<>(tallies.jobs());
    jobs.addAll(streams.consumerNames());
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
    link.close();
  }
}
