package dev.batchapi.operator.job.status;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.operator.metrics.Progress;
import dev.batchapi.operator.status.JobConditions;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A BatchJob's status as the operator's own metrics take it. */
public final class JobProgress {
  private JobProgress() {}

  /** Empty if the status has no counts yet. */
  public static Optional<Progress> of(BatchJob job, @Nullable BatchJobStatus status) {
    if (status == null || status.batches() == null) {
      return Optional.empty();
    }
    var batches = status.batches();
    var items = Objects.requireNonNullElse(status.items(), new BatchJobStatus.Items(0, 0, 0));
    var workers =
        Objects.requireNonNullElse(status.workers(), new BatchJobStatus.Workers(0, 0, 0, 0));
    return Optional.of(
        new Progress(
            job.getMetadata().getUid(),
            job.getMetadata().getNamespace(),
            job.getSpec().apiName(),
            status.phase() == null ? "" : status.phase().name(),
            batches.total(),
            batches.succeeded(),
            batches.failed(),
            Objects.requireNonNullElse(status.failedAttempts(), 0),
            workers.ready(),
            workers.pending(),
            workers.lost(),
            items.succeeded(),
            items.failed(),
            JobConditions.condition(status, JobConditions.WAITING)
                .filter(condition -> condition.status() == Condition.Status.TRUE)
                .map(Condition::reason)
                .orElse("")));
  }
}
