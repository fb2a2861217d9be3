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
 * minute at the least, for as long as it is so: what is older is of one that is gone. They all
 * write over each other: that one waits no more takes away what others have said who still do.
 */
public final class StoreWaits {
  /** A store is asked for some time each time, before it is said to be away. */
  static final Duration COUNTS = Duration.ofMinutes(4);

  /** That one waits no more counts for all when none has said for so long that it still does. */
  static final Duration QUIET = Duration.ofSeconds(30);

  private final Seldom<SaidProgress> last = new Seldom<>();
  private Optional<SaidProgress> words = Optional.empty();

  /**
   * What is said now.
   *
   * @param queue what stands in the queue
   * @throws dev.batchapi.queue.QueueUnavailableException if the queue is away
   */
  public Optional<String> now(Supplier<@Nullable SaidProgress> queue, Instant now) {
    var said = last.ask(() -> Optional.ofNullable(queue.get()), now);
    var isTakenBack = said.filter(s -> s.body().length == 0 && counts(s, QUIET, now)).isPresent();
    if (!isTakenBack) {
      words = said.filter(s -> s.body().length > 0);
    }
    return words
        .filter(s -> counts(s, COUNTS, now))
        .map(s -> new String(s.body(), StandardCharsets.UTF_8))
        .map(text -> TextLimit.beginning(text, Splits.PROGRESS_BYTES));
  }

  private static boolean counts(SaidProgress said, Duration time, Instant now) {
    return now.isBefore(said.at().plus(time));
  }
}
