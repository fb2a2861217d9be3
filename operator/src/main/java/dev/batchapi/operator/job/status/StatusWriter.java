package dev.batchapi.operator.job.status;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.job.decide.StatusPace;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.observe.Observer;
import dev.batchapi.operator.kube.Events;
import dev.batchapi.operator.status.JobConditions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes the status of a BatchJob, as often as is worth it, and then says what is new in Events.
 */
public final class StatusWriter {
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final Events events;
  private final Observer observer;
  private final Clock clock;

  public StatusWriter(Events events, Observer observer, Clock clock) {
    this.events = events;
    this.observer = observer;
    this.clock = clock;
  }

  /**
   * The one write of a pass; Events only after it has succeeded.
   *
   * @param again after which time to look again at the latest; empty: when something changes
   * @return when to look again
   */
  public UpdateControl<BatchJob> write(
      BatchJob job,
      BatchJobStatus status,
      JobMemory memory,
      Context<BatchJob> context,
      Optional<Duration> again) {
    var now = clock.instant();
    var pause = StatusPace.pause(job.getStatus(), status, memory.statusWritten, now);
    if (pause.isPresent() && pause.get().isZero()) {
      PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(
          job, withStatus(job, status), context);
      memory.statusWritten = now;
      tell(job, status, context, memory);
    }
    var wait = pause.filter(Duration::isPositive).or(() -> again);
    var control = UpdateControl.<BatchJob>noUpdate();
    var next = JobConditions.isFinished(status) ? Optional.of(AT_ONCE) : wait;
    next.map(w -> again.filter(a -> a.compareTo(w) < 0).orElse(w))
        .map(StatusWriter::atOnceOrLater)
        .ifPresent(control::rescheduleAfter);
    return control;
  }

  /**
   * From this write on the job is accepted.
   *
   * @return false if the BatchJob is not the one that was looked at any more: another operator may
   *     have accepted it in the meantime
   */
  public boolean writeAcceptance(
      BatchJob job, BatchJobStatus status, JobMemory memory, Context<BatchJob> context) {
    var fresh = withStatus(job, status);
    fresh.getMetadata().setResourceVersion(job.getMetadata().getResourceVersion());
    try {
      PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(job, fresh, context);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return false;
    }
    memory.statusWritten = clock.instant();
    tell(job, status, context, memory);
    return true;
  }

  /** The one place where delays leave us: the SDK takes none below zero. */
  static Duration atOnceOrLater(Duration delay) {
    return delay.compareTo(AT_ONCE) > 0 ? delay : AT_ONCE;
  }

  private void tell(
      BatchJob job, BatchJobStatus after, Context<BatchJob> context, JobMemory memory) {
    JobEvents.between(
            job.getStatus(), after, () -> observer.workers(job, memory, context).latestLoss())
        .forEach(item -> events.publish(job, item.kind(), item.reason(), item.note()));
  }

  private static BatchJob withStatus(BatchJob job, BatchJobStatus status) {
    var fresh = new BatchJob();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(job.getMetadata().getName())
            .withNamespace(job.getMetadata().getNamespace())
            .withUid(job.getMetadata().getUid())
            .build());
    fresh.setStatus(status);
    return fresh;
  }
}
