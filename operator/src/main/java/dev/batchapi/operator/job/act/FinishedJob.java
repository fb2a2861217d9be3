package dev.batchapi.operator.job.act;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.job.collect.Collecting;
import dev.batchapi.operator.job.decide.TimeToLive;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.observe.Workers;
import dev.batchapi.operator.job.program.ProgramRuns;
import dev.batchapi.operator.job.split.Splitting;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.queue.JobQueue;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * What is left to do for a finished job. Its status is final and not looked at again: workers are
 * told to leave, those that don't are taken away, their credentials are revoked once none runs, and
 * the BatchJob goes when its time is up.
 */
public final class FinishedJob {
  /** What the cache has of a BatchJob that changed is newer by then. */
  private static final Duration CHANGED = Duration.ofSeconds(1);

  private final Context<BatchJob> context;
  private final JobQueue queue;
  private final Splitting splitting;
  private final Collecting collecting;
  private final Instant now;

  public FinishedJob(
      Context<BatchJob> context,
      JobQueue queue,
      Splitting splitting,
      Collecting collecting,
      Instant now) {
    this.context = context;
    this.queue = queue;
    this.splitting = splitting;
    this.collecting = collecting;
    this.now = now;
  }

  public UpdateControl<BatchJob> of(BatchJob job, JobMemory memory, Workers workers)
      throws InterruptedException {
    memory.finished();
    var control = UpdateControl.<BatchJob>noUpdate();
    if (!memory.retired && (wasAccepted(job) || looksOutside(job))) {
      try {
        if (wasAccepted(job)) {
          retire(job);
        }
        if (looksOutside(job)) {
          var meta = job.getMetadata();
          var children = children(context);
          collecting.ended(meta.getNamespace(), meta.getUid(), endOf(job), children);
          splitting.ended(meta.getNamespace(), meta.getUid(), endOf(job), children);
          if (!wasAccepted(job) || !keepsInput(job.getSpec(), job.getStatus())) {
            splitting.forget(meta.getUid());
          }
        }
        memory.retired = true;
      } catch (QueueUnavailableException e) {
        return control.rescheduleAfter(Duration.ofSeconds(5));
      }
    }
    var leaving = leaving(job, workers);
    if (!memory.revoked && wasAccepted(job) && workers.running().findAny().isEmpty()) {
      revoke(job);
      memory.revoked = true;
    }
    var ttl = timeToLive(job);
    if (ttl.isPresent() && !ttl.get().isPositive()) {
      delete(job, context.getClient()).ifPresent(control::rescheduleAfter);
      return control;
    }
    leaving
        .map(l -> ttl.filter(t -> t.compareTo(l) < 0).orElse(l))
        .or(() -> ttl)
        .ifPresent(control::rescheduleAfter);
    return control;
  }

  /**
   * Deletes the BatchJob as it was seen, and not another one that was made under its name since.
   *
   * @return when to look again, if it is not the one that was seen any more
   */
  static Optional<Duration> delete(BatchJob job, KubernetesClient client) {
    try {
      client.resource(job).lockResourceVersion().delete();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.of(CHANGED);
      }
      throw e;
    }
  }

  private void revoke(BatchJob job) {
    var meta = job.getMetadata();
    queue.revokeEnded(meta.getNamespace(), meta.getUid(), endOf(job));
  }

  private Instant endOf(BatchJob job) {
    var completed = job.getStatus() == null ? null : job.getStatus().completionTime();
    return completed == null ? now : Instant.parse(completed);
  }

  private void retire(BatchJob job) {
    var uid = job.getMetadata().getUid();
    var ledger = queue.ledger();
    if (JobConditions.condition(job.getStatus(), JobConditions.FINISHED)
        .filter(c -> c.reason().equals(End.Verdict.QueueMisused.name()))
        .isPresent()) {
      // Its records are of no use, and may be many.
      queue.revoke(uid);
      ledger.discard(uid);
    } else {
      ledger.retire(uid);
    }
    ledger.close(uid);
  }

  /**
   * Whether the queue keeps where the batches of an accepted job lie until its BatchJob goes: those
   * need it who run some of its items again. Of other inputs the splitter writes nothing of use.
   *
   * @param ended as it has ended
   */
  public static boolean keepsInput(BatchJobSpec spec, BatchJobStatus ended) {
    var batches = ended.batches();
    var items = ended.items();
    return (spec.input().files() != null || spec.input().rerun() != null)
        && (batches == null
            || batches.failed() + batches.remaining() > 0
            || (items != null && items.failed() > 0))
        && JobConditions.condition(ended, JobConditions.FINISHED)
            .filter(JobConditions::isWithoutRecord)
            .isEmpty();
  }

  /** Whether it may have had a splitter or a collector; its BatchAPI may be another one now. */
  private boolean looksOutside(BatchJob job) {
    var output = job.getStatus() == null ? null : job.getStatus().output();
    return job.getSpec().input().files() != null
        || job.getSpec().input().rerun() != null
        || job.getSpec().output() != null
        || (output != null && output.path() != null)
        || context.getSecondaryResources(Job.class).stream()
            .anyMatch(child -> Program.SPLITTER.attempt(child.getMetadata().getName()).isPresent());
  }

  /** What splitters and collectors are found among. */
  public static ProgramRuns.Children children(Context<BatchJob> context) {
    return new ProgramRuns.Children(
        context.getSecondaryResources(Job.class),
        context.getSecondaryResources(Pod.class),
        context.getClient());
  }

  private static boolean wasAccepted(BatchJob job) {
    return job.getStatus() != null && job.getStatus().acceptedTime() != null;
  }

  private Optional<Duration> leaving(BatchJob job, Workers workers) throws InterruptedException {
    return Leaving.see(
        job.getMetadata().getNamespace(),
        workers,
        endedInOrder(job),
        endOf(job),
        now,
        context.getClient());
  }

  private static boolean endedInOrder(BatchJob job) {
    return JobConditions.condition(job.getStatus(), JobConditions.FINISHED)
        .filter(
            c ->
                c.reason().equals(Reason.OutputFailed.name())
                    || Arrays.stream(End.Verdict.values())
                        .filter(Leaving::isInOrder)
                        .anyMatch(verdict -> c.reason().equals(verdict.name())))
        .isPresent();
  }

  private Optional<Duration> timeToLive(BatchJob job) {
    var owned =
        job.getMetadata().getOwnerReferences().stream()
            .filter(owner -> owner.getKind().equals("BatchAPI"))
            .map(owner -> owner.getUid())
            .findFirst();
    var api =
        context
            .getSecondaryResource(BatchApi.class)
            .filter(a -> owned.equals(Optional.of(a.getMetadata().getUid())));
    return TimeToLive.left(job, api.orElse(null), now);
  }
}
