package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueUnavailableException;
import java.time.Duration;
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

  private final Lease lease;
  private final Assignment job;
  private final Pause pause;
  private final StopSignal signal;

  /**
   * Settles one lease of a worker.
   *
   * @param pause the worker's own: it grows from batch to batch while the queue can't be reached
   */
  Settlement(Lease lease, Assignment job, Pause pause, StopSignal signal) {
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
   * Every item of the batch has a result or an error.
   *
   * @param attempt the last one
   */
  void end(int attempt, ItemProgress items) {
    if (!items.hasErrors()) {
      var json = items.json();
      var wrong = ResultCheck.wrong(json, Outcome.MAX_BYTES);
      if (wrong.isPresent()) {
        var _ = fail(attempt, BatchError.of(BatchError.Reason.ResultInvalid, wrong.get()));
      } else {
        succeed(attempt, json);
      }
      return;
    }
    log(Level.WARN, attempt, "is done: " + items.summary());
    var outcomes = items.outcomes().within(Outcome.MAX_BYTES);
    var size = outcomes.toJson().length;
    if (size > Outcome.MAX_BYTES) {
      var message =
          "The results have, with the errors of %,d items, %,d bytes as JSON; %,d are allowed."
              .formatted(outcomes.errors().size(), size, Outcome.MAX_BYTES);
      var _ = fail(attempt, BatchError.of(BatchError.Reason.ResultInvalid, message));
    } else {
      commit(Outcome.partial(attempt, outcomes));
    }
  }

  /** Tells which items are handed over again after this attempt. */
  void again(int attempt, ItemProgress.Round next, ItemProgress progress) {
    var seconds = next.delay().toMillis() / 1000.0;
    log(
        Level.INFO,
        attempt,
        "%s; %d again in %.1f s".formatted(progress.summary(), next.items().size(), seconds));
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
        .log(message);
  }
}
