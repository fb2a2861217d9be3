package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.operator.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** When to look again at what nobody tells us of. */
final class Patience {
  private static final Duration SHORTEST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Whether the code is still there; a job that finds it gone says so itself. */
  private static final Duration CODE = Duration.ofMinutes(10);

  private Patience() {}

  /**
   * The wait, if there is anything to wait for: the longer something has been missing already, the
   * longer.
   */
  static Optional<Duration> of(
      BatchApi api, BatchApiStatus status, Readiness readiness, Instant now) {
    var waiting =
        Stream.of(
                readiness instanceof Readiness.NotReady(var reason, var message, var mayPass)
                        && !mayPass
                    ? ""
                    : ApiStatus.READY,
                ApiStatus.JOBS_SUBMITTED)
            .flatMap(type -> Conditions.find(status.conditions(), type).stream())
            .filter(condition -> condition.status() == Condition.Status.FALSE)
            .map(condition -> next(condition, now))
            .min(Duration::compareTo);
    if (waiting.isPresent()) {
      return waiting;
    }
    return readiness instanceof Readiness.Ready
            && CodeFiles.configMap(api.getSpec().handler()).isPresent()
        ? Optional.of(CODE)
        : Optional.empty();
  }

  private static Duration next(Condition condition, Instant now) {
    var half = Duration.between(Instant.parse(condition.lastTransitionTime()), now).dividedBy(2);
    if (half.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return half.compareTo(LONGEST) > 0 ? LONGEST : half;
  }
}
