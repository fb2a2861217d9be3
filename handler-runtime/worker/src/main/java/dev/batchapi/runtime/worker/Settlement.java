package dev.batchapi.runtime.worker;

import dev.batchapi.contract.Visible;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The end of one lease: its batch is committed, failed, or given back. What was achieved is told to
 * the queue until it answers, however long that takes; only an abandoned worker leaves it at that,
 * and the lease runs out. Used by the worker's own thread.
 */
final class Settlement {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  /** A store has been asked for a while already when it is said to be away. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final LargeResults large;
  private final StoreNews news;
  private final HeldWait held;
  private final LeaseKeeper keeper;
  private final Lease lease;
  private final Assignment job;
  private final Pause pause;
  private final StopSignal signal;

  /**
   * Settles one lease of a worker.
   *
   * @param pause the worker's own: it grows from batch to batch while the queue can't be reached
   * @param large where results go that are too large for the ledger
   */
  Settlement(
      Lease lease,
      Assignment job,
      Pause pause,
      StopSignal signal,
      LargeResults large,
      StoreNews news,
      HeldWait held,
      LeaseKeeper keeper) {
    this.large = large;
    this.news = news;
    this.held = held;
    this.keeper = keeper;
    this.lease = lease;
    this.job = job;
    this.pause = pause;
    this.signal = signal;
  }

  int index() {
    return lease.index();
  }

  /** For messages: {@code batch 3}, or {@code on_job_complete}. */
  String name() {
    return isCompletion() ? "on_job_complete" : "batch " + lease.index();
  }

  /** What came of the batch so far; empty if the worker is abandoned before the queue says so. */
  Optional<Attempts> attempts() {
    return Optional.ofNullable(insist(lease::attempts));
  }

  /** Fails a batch that must not be tried again, as far as is known; whether it was one. */
  boolean giveUp(Attempts attempts) {
    var hopeless = job.retry().beforeAttempt(attempts);
    hopeless.ifPresent(error -> commitFailure(attempts, error));
    return hopeless.isPresent();
  }

  /**
   * The batch succeeded.
   *
   * @param attempt which one did, from 1
   * @param result as JSON; empty for none
   */
  void succeed(int attempt, byte[] result) {
    commit(Outcome.succeeded(attempt, result));
  }

  /**
   * The same with a result that may be too large for the ledger.
   *
   * @return false if the worker was abandoned, or the job ended, before it could be put away
   * @throws dev.batchapi.data.store.StoreRefusedException if it never can
   */
  boolean succeed(int attempt, ResultJson result) {
    if (result.bytes() <= Outcome.MAX_BYTES) {
      succeed(attempt, result.toBytes());
      return true;
    }
    return keep(attempt, result, List.of());
  }

  /**
   * Every item of the batch has a result or an error.
   *
   * @param attempt the last one
   * @return as of {@link #succeed(int, ResultJson)}
   */
  boolean end(int attempt, ItemProgress items) {
    var results = items.json();
    if (!items.hasErrors()) {
      return results.bytes() > large.maxBytes()
          ? invalid(attempt, tooLarge(results.bytes()))
          : succeed(attempt, results);
    }
    log(Level.WARN, attempt, "is done: " + items.summary());
    if (results.bytes() <= Outcome.MAX_BYTES) {
      var outcomes = items.outcomes().within(Outcome.MAX_BYTES);
      var size = outcomes.toJson().length;
      if (size <= Outcome.MAX_BYTES) {
        commit(Outcome.partial(attempt, outcomes));
        return true;
      }
      if (large.maxBytes() <= Outcome.MAX_BYTES) {
        return invalid(
            attempt,
            "The results have, with the errors of %,d items, %,d bytes as JSON; %,d are allowed."
                .formatted(outcomes.errors().size(), size, Outcome.MAX_BYTES));
      }
    }
    if (results.bytes() > large.maxBytes()) {
      return invalid(attempt, tooLarge(results.bytes()));
    }
    var errors = items.errors();
    return large.hasRoomFor(errors)
        ? keep(attempt, results, errors)
        : invalid(
            attempt,
            "%,d items failed, and even without their texts their errors have more than %,d bytes as JSON: a smaller spec.batchSize leaves fewer in one batch."
                .formatted(errors.size(), Outcome.MAX_BYTES));
  }

  private String tooLarge(long bytes) {
    return "The result has %,d bytes as JSON; %,d are allowed.".formatted(bytes, large.maxBytes());
  }

  private boolean invalid(int attempt, String message) {
    var _ = fail(attempt, BatchError.of(BatchError.Reason.ResultInvalid, message));
    return true;
  }

  /** Puts a result away, however long its store is away, and commits where it is. */
  private boolean keep(int attempt, ResultJson results, List<ItemOutcomes.ItemError> errors) {
    keeper.keep(lease, HandOver.FOR_EVER);
    for (var wait = FIRST_WAIT; ; wait = afterWaiting(wait)) {
      try {
        var outcome = large.outcome(lease.index(), attempt, results, errors);
        news.answered();
        commit(outcome);
        return true;
      } catch (StoreUnavailableException e) {
        log(Level.WARN, attempt, "waits for its result's store: " + e.getMessage());
        news.away("The result of %s can't be written: %s".formatted(name(), e.getMessage()));
        if (held.thoughToldToStop(wait) != HeldWait.End.PASSED) {
          return false;
        }
      }
    }
  }

  /** The wait that follows one for a store, which may be away for days. */
  static Duration afterWaiting(Duration wait) {
    var twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }

  /** Tells which items are handed over again after this attempt. */
  void again(int attempt, ItemProgress.Round next, ItemProgress progress) {
    var seconds = next.delay().toMillis() / 1000.0;
    log(
        Level.INFO,
        attempt,
        "%s; %d again in %.1f s".formatted(progress.summary(), next.items().size(), seconds));
  }

  /** Tells that the handler asked to be handed the batch later. */
  void postponed(int attempt, Duration delay, BatchError why) {
    var seconds = delay.toMillis() / 1000.0;
    log(Level.INFO, attempt, "is handed over again in %.1f s: %s".formatted(seconds, summary(why)));
  }

  /**
   * Leaves a batch that its handler wants later to whoever takes it then.
   *
   * @param waits for how long it has asked of this worker, this delay included
   */
  void postpone(Duration delay, Duration waits) {
    if (!lease.mayHaveExpired()) {
      insist(
          () -> {
            lease.recordWait(waits.toSeconds());
            lease.giveBack(delay);
            return true;
          });
    }
    keeper.letGo(); // the worker rests now, and has nothing in hand
  }

  /** Whether another worker may hold the batch by now. */
  boolean mayBeLost() {
    return lease.mayHaveExpired();
  }

  /** Records a failed attempt; whether the batch is tried again, as far as this worker knows. */
  boolean fail(int attempt, BatchError error) {
    if (lease.mayHaveExpired()) {
      // Another worker may hold it by now: it will find this delivery without a verdict.
      log(Level.WARN, attempt, "failed after its lease ran out: " + error.message());
      return true;
    }
    var attempts = insist(() -> lease.recordFailure(error));
    if (attempts == null) {
      return true;
    }
    return switch (job.retry().afterFailure(attempts, error)) {
      case RetryPolicy.Verdict.GiveUp(var last) -> {
        log(Level.WARN, attempt, "failed for good: " + summary(last));
        commitFailure(attempts, last);
        yield false;
      }
      case RetryPolicy.Verdict.Again(var delay) -> {
        var seconds = delay.toMillis() / 1000.0;
        log(Level.INFO, attempt, "failed, again in %.1f s: %s".formatted(seconds, summary(error)));
        insist(
            () -> {
              lease.giveBack(delay);
              return true;
            });
        yield true;
      }
    };
  }

  /** Leaves a batch that no attempt was made of to whoever takes it next, after the delay. */
  void release(Duration delay) {
    if (!lease.mayHaveExpired()) {
      try {
        lease.recordRelease();
        lease.giveBack(delay);
      } catch (QueueUnavailableException e) {
        LOG.warn("a batch could not be given back, its lease will run out: {}", e.getMessage());
      }
    }
  }

  private void commitFailure(Attempts attempts, BatchError error) {
    // None if another worker has counted this attempt as lost already.
    commit(Outcome.failed(Math.max(1, attempts.failures()), error));
  }

  private void commit(Outcome outcome) {
    var first = insist(() -> lease.commit(outcome));
    if (Boolean.FALSE.equals(first)) {
      large.forget(outcome);
      log(Level.INFO, outcome.attempts(), "another worker's outcome was first");
    }
  }

  /** Calls the queue until it answers; null if the worker is abandoned before. */
  private <T> @Nullable T insist(Supplier<T> call) {
    while (true) {
      try {
        var answer = call.get();
        pause.reset();
        return answer;
      } catch (QueueUnavailableException e) {
        if (signal.isAbandoned()) {
          return null;
        }
        LOG.warn("the queue can't be reached, its answer is waited for: {}", e.getMessage());
        try {
          pause.take();
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return null;
        }
      }
    }
  }

  /** An error in one line. */
  static String summary(BatchError error) {
    var type = error.type();
    return type == null ? error.message() : type + ": " + error.message();
  }

  private boolean isCompletion() {
    return lease.index() == Lease.COMPLETION;
  }

  private void log(Level level, int attempt, String message) {
    LOG.atLevel(level)
        .addKeyValue("job", job.jobName())
        .addKeyValue("batch", isCompletion() ? "on_job_complete" : lease.index())
        .addKeyValue("attempt", attempt)
        .log(Visible.text(message));
  }
}
