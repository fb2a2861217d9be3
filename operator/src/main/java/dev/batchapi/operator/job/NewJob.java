package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobOutput;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.job.accept.Acceptance;
import dev.batchapi.operator.job.accept.Splitters;
import dev.batchapi.operator.job.act.FinishedJob;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.split.JobSplitters;
import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.job.split.Splitting;
import dev.batchapi.operator.job.status.JobStatus;
import dev.batchapi.operator.job.status.StatusWriter;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.status.Reason;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    var api = context.getSecondaryResource(BatchApi.class).orElse(null);
    if (memory.rejection != null) {
      return leave(memory.rejection, api);
    }
    if (Boolean.TRUE.equals(job.getSpec().cancel())) {
      return leave(rejection(Reason.Cancelled, "Cancelled before it was accepted."), api);
    }
    return switch (acceptance.accept(job, api, others, splitters(), context.getClient(), now)) {
      case Acceptance.Accepted(var frozen) -> accepted(frozen);
      case Acceptance.Soon _ -> UpdateControl.<BatchJob>noUpdate().rescheduleAfter(CHECKED_SOON);
      case Acceptance.Waiting(var reason, var message, var phase, var percent) -> {
        own().keep(JobId.of(job), job.getSpec().apiName());
        yield statuses.write(
            job,
            JobStatus.waiting(job, reason, message, phase, now).withProgress(percent),
            memory,
            context,
            Optional.of(askAgain()));
      }
      case Acceptance.Rejected(var reason, var message, var left) ->
          left ? reject(reason, message) : leave(rejection(reason, message), api);
    };
  }

  private JobMemory.Rejection rejection(Reason reason, String message) {
    return new JobMemory.Rejection(reason, message, now);
  }

  private UpdateControl<BatchJob> leave(JobMemory.Rejection rejection, @Nullable BatchApi api) {
    var named = Optional.ofNullable(job.getSpec().output()).map(JobOutput::path);
    var end =
        own()
            .leave(
                rejection, named, () -> acceptance.toGiveBack(job, api, context.getClient()), now);
    if (end.isPresent()) {
      return reject(rejection.reason(), end.get());
    }
    var message = "The folder of its output is given back, for it will not run: ";
    var status =
        JobStatus.waiting(
            job, Reason.CheckingOutput, message + rejection.message(), JobPhase.CHECKING, now);
    return statuses.write(job, status, memory, context, Optional.of(Duration.ofSeconds(1)));
  }

  private UpdateControl<BatchJob> reject(Reason reason, String message) {
    var status = JobStatus.rejected(job, reason, message, now);
    return statuses.write(job, status, memory, context, Optional.empty());
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

  private JobSplitters own() {
    return new JobSplitters(
        splitting, memory, job.getMetadata().getUid(), FinishedJob.children(context));
  }

  private Splitters splitters() {
    return new Splitters() {
      @Override
      public SplitResult next(ProgramPlan plan) {
        return own().next(plan);
      }

      @Override
      public void hold() {
        own().hold();
      }
    };
  }

  /** What is missing often comes with the next line of the same file. */
  private Duration askAgain() {
    var age = Duration.between(Instant.parse(job.getMetadata().getCreationTimestamp()), now);
    return age.compareTo(YOUNG) < 0 ? Duration.ofSeconds(1) : Duration.ofSeconds(5);
  }
}
