package dev.batchapi.operator.job.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the queue, asked for not more often than is of use: a job is looked at up to
 * twenty times a second.
 */
public final class Seldom<T> {
  private static final Duration EVERY = Duration.ofSeconds(2);

  private @Nullable Instant asked;
  private Optional<T> answer = Optional.empty();

  /**
   * What was answered last.
   *
   * @throws dev.batchapi.queue.QueueUnavailableException if the queue was asked and is away
   */
  public Optional<T> ask(Supplier<Optional<T>> queue, Instant now) {
    if (asked == null || !now.isBefore(asked.plus(EVERY))) {
      answer = queue.get();
      asked = now;
    }
    return answer;
  }
}
