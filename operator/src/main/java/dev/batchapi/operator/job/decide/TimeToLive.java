package dev.batchapi.operator.job.decide;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When a finished BatchJob deletes itself. */
public final class TimeToLive {
  private TimeToLive() {}

  /**
   * How long the job has left: zero or less when it is over, empty if it stays.
   *
   * @param owner the BatchAPI that the job stands in; null for one made by hand
   */
  public static Optional<Duration> left(BatchJob job, @Nullable BatchApi owner, Instant now) {
    var seconds = job.getSpec().ttlSecondsAfterFinished();
    var status = job.getStatus();
    if (seconds == null || status == null || status.completionTime() == null) {
      return Optional.empty();
    }
    var left = Duration.between(now, Instant.parse(status.completionTime()).plusSeconds(seconds));
    if (!left.isPositive() && owner != null && !isRemembered(owner, job)) {
      // Deleted before its BatchAPI has noted it, the entry would be run a second time, or be shown
      // as one that runs for ever.
      return Optional.of(Duration.ofSeconds(2));
    }
    return Optional.of(left);
  }

  private static boolean isRemembered(BatchApi owner, BatchJob job) {
    var entries = owner.getSpec().jobs();
    var stands =
        Objects.requireNonNullElse(entries, List.<dev.batchapi.crds.JobEntry>of()).stream()
            .anyMatch(e -> (owner.getMetadata().getName() + "-" + e.name()).equals(name(job)));
    var remembered =
        owner.getStatus() != null
            && owner.getStatus().jobs() != null
            && owner.getStatus().jobs().stream()
                .anyMatch(
                    e -> e.jobName().equals(name(job)) && e.phase() == job.getStatus().phase());
    return remembered || !stands;
  }

  private static String name(BatchJob job) {
    return job.getMetadata().getName();
  }
}
