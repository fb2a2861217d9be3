package dev.batchapi.operator.job.decide;

import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.operator.status.JobConditions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a status is written: a change of phase or conditions at once, and lost workers, which are
 * counted nowhere else; batches, and what workers say of themselves, at most once a second, and
 * less often the longer the job runs. Every write costs the API server a copy of the object.
 */
public final class StatusPace {
  /** Whoever has the job's credentials can say another thing at each look. */
  private static final Set<String> SAID_BY_WORKERS =
      Set.of(JobConditions.WAITING, JobConditions.STORAGE_AVAILABLE);

  private StatusPace() {}

  /**
   * How long a write has to wait; empty if there is nothing to write, zero for now.
   *
   * @param written when this job's status was last written; null: not by this process
   */
  public static Optional<Duration> pause(
      @Nullable BatchJobStatus before,
      BatchJobStatus after,
      @Nullable Instant written,
      Instant now) {
    if (after.equals(before)) {
      return Optional.empty();
    }
    if (before == null || written == null || isTransition(before, after)) {
      return Optional.of(Duration.ZERO);
    }
    var wait = Duration.between(now, written.plus(interval(after, now)));
    return Optional.of(wait.isPositive() ? wait : Duration.ZERO);
  }

  private static Duration interval(BatchJobStatus status, Instant now) {
    var accepted = status.acceptedTime();
    var running = accepted == null ? Duration.ZERO : Duration.between(Instant.parse(accepted), now);
    if (running.toMinutes() < 1) {
      return Duration.ofSeconds(1);
    }
    return running.toMinutes() < 10 ? Duration.ofSeconds(2) : Duration.ofSeconds(5);
  }

  private static boolean isTransition(BatchJobStatus before, BatchJobStatus after) {
    return before.phase() != after.phase()
        || lost(before) != lost(after)
        || !signs(before).equals(signs(after));
  }

  private static int lost(BatchJobStatus status) {
    return status.workers() == null ? 0 : status.workers().lost();
  }

  /** Conditions without their messages, which hold counts. */
  private static List<String> signs(BatchJobStatus status) {
    return Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
        .filter(c -> !SAID_BY_WORKERS.contains(c.type()))
        .map(c -> c.type() + c.status() + c.reason())
        .toList();
  }
}
