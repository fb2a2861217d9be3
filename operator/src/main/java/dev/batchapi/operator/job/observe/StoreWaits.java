package dev.batchapi.operator.job.observe;

import dev.batchapi.contract.TextLimit;
import dev.batchapi.queue.SaidProgress;
import dev.batchapi.queue.Splits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Why a job's workers wait for a store, as one of them has said it last. Each says it again once a
 * minute at the least, for as long as it is so: what is older is of one that is gone.
 */
public final class StoreWaits {
  /** A store is asked for some time each time, before it is said to be away. */
  static final Duration COUNTS = Duration.ofMinutes(4);

  /** A job is looked at up to twenty times a second. */
  private static final Duration ASKED_EVERY = Duration.ofSeconds(2);

  private @Nullable Instant asked;
  private Optional<String> words = Optional.empty();

  /**
   * What is said now; asks not more often than is of use.
   *
   * @param queue what stands in the queue
   * @throws dev.batchapi.queue.QueueUnavailableException if the queue is away
   */
  public Optional<String> now(Supplier<@Nullable SaidProgress> queue, Instant now) {
    if (asked == null || !now.isBefore(asked.plus(ASKED_EVERY))) {
      words = ask(queue, now);
      asked = now;
    }
    return words;
  }

  private static Optional<String> ask(Supplier<@Nullable SaidProgress> queue, Instant now) {
    return Optional.ofNullable(queue.get())
        .filter(said -> said.body().length > 0)
        .filter(said -> now.isBefore(said.at().plus(COUNTS)))
        .map(said -> new String(said.body(), StandardCharsets.UTF_8))
        .map(text -> TextLimit.beginning(text, Splits.PROGRESS_BYTES));
  }
}
