package dev.batchapi.queue.memory;

import dev.batchapi.queue.AttemptLog;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Enqueued;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.Tally;
import dev.batchapi.queue.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One job: its work, its attempts and its ledger, under one lock. */
final class MemoryJob {
  /** One handing out of a batch; {@code number} counts from 1. */
  record Delivery(int index, int number) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Duration leaseDuration;
  private final LongSupplier nanos;
  private final Runnable countsChanged;

  private final WaitingWork work = new WaitingWork();
  private final Map<Integer, Integer> deliveries = new HashMap<>();
  private final Spool spool;
  private final AttemptLogs logs;
  private final @Nullable Journal journal;
  private final Outcomes outcomes = new Outcomes();
  private final MemoryRate rate;
  private Tally tally = new Tally(0);
  private @Nullable Batches batches;
  private byte @Nullable [] summary;
  private boolean open;
  private volatile @Nullable BatchError lastError;

  MemoryJob(
      Duration leaseDuration,
      LongSupplier nanos,
      Spool spool,
      @Nullable Journal journal,
      Runnable countsChanged) {
    this.spool = spool;
    this.journal = journal;
    this.logs = new AttemptLogs(spool);
    rate = new MemoryRate(nanos);
    this.leaseDuration = leaseDuration;
    this.nanos = nanos;
    this.countsChanged = countsChanged;
  }

  void open(int total) {
    locked(
        () -> {
          tally.grow(total);
          open = true;
          return true;
        });
  }

  void close() {
    locked(() -> open = false);
  }

  /** Takes the outcomes of an earlier process for its own; those of failed batches if wanted. */
  void restore(Outcomes earlier, int total, boolean withFailed) {
    locked(
        () -> {
          open = true;
          tally.grow(total);
          var dropped = false;
          for (var index : earlier.batches()) {
            dropped |= index < total && !restore(index, earlier, withFailed);
          }
          // on_job_complete gets its summary anew if that will be another one.
          if (!dropped && tally.nextMissing(0) >= total) {
            restore(Lease.COMPLETION, earlier, withFailed);
          }
          return true;
        });
  }

  private boolean restore(int index, Outcomes earlier, boolean withFailed) {
    var kept = earlier.get(index);
    if (kept == null || (kept.kind() != Outcome.Kind.SUCCEEDED && !withFailed)) {
      return false;
    }
    if (kept.kind() == Outcome.Kind.SUCCEEDED) {
      tally.outcome(index, kept.kind(), kept.attempts() - 1);
    } else {
      var outcome = kept.read(spool);
      tally.outcome(index, kept.kind(), outcome.failedItems(), outcome.failedAttempts());
    }
    outcomes.put(index, kept);
    return true;
  }

  Enqueued enqueue(Batches all, Window window) {
    return locked(
        () -> {
          open = true;
          tally.grow(all.count());
          if (tally.hasEnded()) {
            return Enqueued.of(0, 0, 0, tally.counts().done());
          }
          batches = all;
          var published = 0;
          var room = (long) window.batches() - work.waiting();
          for (var index = tally.nextMissing(0);
              index < all.count() && published < room;
              index = tally.nextMissing(index + 1)) {
            published += work.add(index) ? 1 : 0;
          }
          changed.signalAll();
          var done = tally.counts().done();
          var there = work.size();
          return Enqueued.of(published, there, Math.max(0, all.count() - done - there), done);
        });
  }

  void enqueueCompletion(byte[] json) {
    locked(
        () -> {
          if (!tally.hasEnded() && !tally.isDone(Lease.COMPLETION)) {
            summary = work.add(Lease.COMPLETION) || summary == null ? json : summary;
            changed.signalAll();
          }
          return true;
        });
  }

  /** The next batch, as soon as there is one; null when the time is over or the job has ended. */
  @Nullable Delivery take(Duration wait) throws InterruptedException {
    var until = System.nanoTime() + wait.toNanos();
    lock.lockInterruptibly();
    try {
      while (!tally.hasEnded()) {
        var now = nanos.getAsLong();
        var index = work.take(now, leaseDuration.toNanos());
        if (index.isPresent()) {
          return new Delivery(
              index.getAsInt(), deliveries.merge(index.getAsInt(), 1, Integer::sum));
        }
        var left = until - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        // Whether time or a signal woke us does not matter: the loop looks again.
        var _ = changed.awaitNanos(Math.min(left, work.nanosToNext(now)));
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Reads a payload; outside the lock, for it may come from a file. */
  byte[] payload(int index) {
    record Source(@Nullable Batches batches, byte @Nullable [] summary) {}
    var source = locked(() -> new Source(batches, summary));
    if (index == Lease.COMPLETION) {
      return source.summary == null ? new byte[0] : source.summary;
    }
    return source.batches == null ? new byte[0] : source.batches.payload(index);
  }

  /** How many batches nobody holds. */
  int waiting() {
    return locked(work::waiting);
  }

  boolean isHeld(Delivery delivery) {
    return locked(() -> holds(delivery));
  }

  private boolean holds(Delivery delivery) {
    return delivery.number == deliveries.getOrDefault(delivery.index, 0)
        && work.isLeased(delivery.index, nanos.getAsLong());
  }

  void renew(Delivery delivery) {
    locked(
        () -> {
          if (holds(delivery)) {
            work.renew(delivery.index, nanos.getAsLong() + leaseDuration.toNanos());
          }
          return true;
        });
  }

  void giveBack(Delivery delivery, Duration delay) {
    locked(
        () -> {
          if (holds(delivery)) {
            work.giveBack(delivery.index, nanos.getAsLong() + delay.toNanos());
            changed.signalAll();
          }
          return true;
        });
  }

  Attempts attempts(Delivery delivery) {
    return record(delivery, log -> log.seenAt(0, delivery.number));
  }

  Attempts recordFailure(Delivery delivery, BatchError error) {
    lastError = error;
    return record(delivery, log -> log.failedAt(0, delivery.number, error));
  }

  void recordRelease(Delivery delivery) {
    record(delivery, log -> log.releasedAt(0, delivery.number));
  }

  void recordWait(Delivery delivery, long seconds) {
    record(delivery, log -> log.postponedAt(0, delivery.number, seconds));
  }

  private Attempts record(Delivery delivery, UnaryOperator<AttemptLog> change) {
    return locked(
        () -> {
          var before = logs.get(delivery.index);
          var after = change.apply(before);
          // What a late holder says of a batch that has its outcome is of no use to anybody.
          if (!after.equals(before) && !tally.isDone(delivery.index)) {
            logs.put(delivery.index, after);
            var attempts = after.attempts();
            if (!tally.hasEnded()) {
              tally.tried(delivery.index, attempts.failures(), attempts.losses());
            }
            countsChanged.run();
          }
          return after.attempts();
        });
  }

  boolean commit(Delivery delivery, Outcome outcome) {
    // Outside the lock: others need not wait for the disk.
    var kept =
        new Outcomes.Kept(
            outcome.kind(), outcome.attempts(), spool.add(outcome.body()), outcome.stored());
    var checksum = journal == null ? 0 : Journal.checksum(outcome.body());
    return locked(
        () -> {
          work.remove(delivery.index);
          deliveries.remove(delivery.index);
          logs.remove(delivery.index);
          var stands =
              tally.outcome(
                  delivery.index, outcome.kind(), outcome.failedItems(), outcome.failedAttempts());
          if (stands) {
            outcomes.put(delivery.index, kept);
            if (journal != null) {
              journal.add(delivery.index, kept, checksum);
            }
            countsChanged.run();
          }
          return stands;
        });
  }

  End end(End end) {
    return locked(
        () -> {
          tally.ended(end);
          changed.signalAll();
          countsChanged.run();
          return tally.counts().end().orElseThrow();
        });
  }

  void retire() {
    locked(
        () -> {
          work.clear();
          rate.forget();
          changed.signalAll();
          return true;
        });
  }

  void discard() {
    locked(
        () -> {
          work.clear();
          deliveries.clear();
          logs.clear();
          outcomes.clear();
          rate.forget();
          return true;
        });
  }

  MemoryRate rate() {
    return rate;
  }

  void clear() {
    locked(
        () -> {
          work.clear();
          deliveries.clear();
          logs.clear();
          outcomes.clear();
          rate.forget();
          tally = new Tally(0);
          open = false;
          batches = null;
          summary = null;
          changed.signalAll();
          return true;
        });
  }

  boolean isEmpty() {
    return locked(() -> batches == null && summary == null && tally.counts().equals(Counts.NONE));
  }

  @Nullable BatchError lastError() {
    return lastError;
  }

  Duration longestDelay() {
    return locked(() -> Duration.ofNanos(work.nanosToLastDelay(nanos.getAsLong())));
  }

  Counts counts() {
    return locked(
        () -> {
          if (!open) {
            throw new IllegalStateException("This job is not open.");
          }
          return tally.counts();
        });
  }

  /** The end record, also of a job that is not open. */
  Optional<End> ended() {
    return locked(() -> tally.counts().end());
  }

  /** Reads one outcome after the other: together they may be larger than the heap. */
  void outcomesWhile(Ledger.OutcomeReader reader) {
    for (var index : locked(outcomes::batches)) {
      var outcome = outcome(index);
      if (outcome != null && !reader.read(index, outcome)) {
        return;
      }
    }
  }

  List<Integer> failed(int limit) {
    return locked(() -> tally.failed(limit));
  }

  List<Integer> partial(int limit) {
    return locked(() -> tally.partial(limit));
  }

  @Nullable Outcome outcome(int index) {
    var kept = locked(() -> new Found(outcomes.get(index))).outcome;
    return kept == null ? null : kept.read(spool);
  }

  private record Found(Outcomes.@Nullable Kept outcome) {}

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
