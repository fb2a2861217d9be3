package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.job.accept.Acceptance;
import dev.batchapi.operator.job.accept.Splitters;
import dev.batchapi.operator.job.act.FinishedJob;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.job.split.Splitting;
import dev.batchapi.operator.job.status.JobStatus;
import dev.batchapi.operator.job.status.StatusWriter;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.status.Reason;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A job that is not accepted yet: has its input split, freezes it, or says why not. */
final class NewJob {
  private static final Duration CHECKED_SOON = Duration.ofMillis(500);
  private static final Duration YOUNG = Duration.ofSeconds(15);

  private final Acceptance acceptance;
  private final Splitting splitting;
  private final StatusWriter statuses;
  private final Supplier<Stream<BatchJob>> others;
  private final BatchJob job;
  private final JobMemory memory;
  private final Context<BatchJob> context;
  private final Instant now;

  /**
   * One look at it.
   *
   * @param others the BatchJobs of its namespace
   */
  NewJob(
      Acceptance acceptance,
      Splitting splitting,
      StatusWriter statuses,
      Supplier<Stream<BatchJob>> others,
      BatchJob job,
      JobMemory memory,
      Context<BatchJob> context,
      Instant now) {
    this.acceptance = acceptance;
    this.splitting = splitting;
    this.statuses = statuses;
    this.others = others;
    this.job = job;
    this.memory = memory;
    this.context = context;
    this.now = now;
  }

  UpdateControl<BatchJob> accept() {
    if (Boolean.TRUE.equals(job.getSpec().cancel())) {
      var status =
          JobStatus.rejected(job, Reason.Cancelled, "Cancelled before it was accepted.", now);
      return statuses.write(job, status, memory, context, Optional.empty());
    }
    var api = context.getSecondaryResource(BatchApi.class).orElse(null);
    return switch (acceptance.accept(job, api, others, splitters(), context.getClient(), now)) {
      case Acceptance.Accepted(var frozen) -> accepted(frozen);
      case Acceptance.Soon _ -> UpdateControl.<BatchJob>noUpdate().rescheduleAfter(CHECKED_SOON);
      case Acceptance.Waiting(var reason, var message, var phase, var percent) ->
          statuses.write(
              job,
              JobStatus.waiting(job, reason, message, phase, now).withProgress(percent),
              memory,
              context,
              Optional.of(askAgain()));
      case Acceptance.Rejected(var reason, var message) ->
          statuses.write(
              job,
              JobStatus.rejected(job, reason, message, now),
              memory,
              context,
              Optional.empty());
    };
  }

  private UpdateControl<BatchJob> accepted(FrozenJob frozen) {
    if (!statuses.writeAcceptance(job, JobStatus.accepted(job, frozen, now), memory, context)) {
      return UpdateControl.<BatchJob>noUpdate().rescheduleAfter(CHECKED_SOON);
    }
    if (frozen.pod().split() != null || frozen.pod().output() != null) {
      splitting.accepted(frozen.namespace(), frozen.uid());
    }
    memory.frozen = frozen;
    memory.made = true;
    return UpdateControl.<BatchJob>noUpdate().rescheduleAfter(BatchJobReconciler.AT_ONCE);
  }

  private Splitters splitters() {
    return new Splitters() {
      @Override
      public SplitResult next(ProgramPlan plan) {
        return splitting.next(plan, FinishedJob.children(context));
      }

      @Override
      public void hold() {
        splitting.hold(job.getMetadata().getUid(), FinishedJob.children(context));
      }
    };
  }

  /** What is missing often comes with the next line of the same file. */
  private Duration askAgain() {
    var age = Duration.between(Instant.parse(job.getMetadata().getCreationTimestamp()), now);
    return age.compareTo(YOUNG) < 0 ? Duration.ofSeconds(1) : Duration.ofSeconds(5);
  }
}
