package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import java.time.Duration;
import java.util.Optional;

/**
 * When a batch is tried again.
 *
 * @param maxAttempts failed attempts after which a batch is failed, at least 1
 * @param initialBackoff wait after the first failure; doubles with each
 * @param maxBackoff longest wait
 * @param maxLosses lost workers after which a batch is failed, so that a batch that takes its
 *     worker down can't go on for ever
 */
public record RetryPolicy(
    int maxAttempts, Duration initialBackoff, Duration maxBackoff, int maxLosses) {
  public static final int DEFAULT_MAX_LOSSES = 10;

  /** What happens to a batch after a failed attempt, or at a redelivery. */
  public sealed interface Verdict {
    /** It is tried again after the delay. */
    record Again(Duration delay) implements Verdict {}

    /** It is failed, with this as its error. */
    record GiveUp(BatchError error) implements Verdict {}
  }

  /** Decides after a failed attempt, which {@code attempts} include. */
  public Verdict afterFailure(Attempts attempts, BatchError error) {
    if (!retryable(error) || attempts.failures() >= maxAttempts) {
      return new Verdict.GiveUp(error);
    }
    return new Verdict.Again(backoff(attempts.failures()));
  }

  /** Decides before an attempt: empty if it may go ahead. */
  public Optional<BatchError> beforeAttempt(Attempts attempts) {
    if (attempts.losses() >= maxLosses) {
      return Optional.of(
          BatchError.of(
              BatchError.Reason.WorkerLost,
              "%d workers were lost while they had this batch; it is not tried again. The usual cause is a batch that takes its worker down: look at the last words of the workers."
                  .formatted(attempts.losses())));
    }
    if (attempts.errors().isEmpty()) {
      return Optional.empty();
    }
    // The worker that failed it for the last time died before it could commit.
    var last = attempts.errors().getLast();
    return retryable(last) && attempts.failures() < maxAttempts
        ? Optional.empty()
        : Optional.of(last);
  }

  /** Whether an item that has failed with this error in this attempt is tried again. */
  public boolean mayRetry(BatchError error, int attempt) {
    return retryable(error) && attempt < maxAttempts;
  }

  /** Whether a batch with these attempts behind it is failed if it fails once more. */
  public boolean isLast(Attempts attempts) {
    return attempts.next() >= maxAttempts;
  }

  /**
   * The wait after so many failures. None is as one: a failed attempt that another worker has
   * counted as lost already is not recorded as a failure.
   */
  public Duration backoff(int failures) {
    var doublings = Math.clamp(failures - 1, 0, 30);
    var wait = initialBackoff.multipliedBy(1L << doublings);
    return wait.compareTo(maxBackoff) > 0 ? maxBackoff : wait;
  }

  private static boolean retryable(BatchError error) {
    return switch (error.reason()) {
      case HandlerFailed, BatchTimedOut, HandlerDied -> true;
      case FatalError, ResultInvalid, WaitedTooLong, WorkerLost, InputInvalid, InputChanged ->
          false;
    };
  }
}
