package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobPhase;
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
import org.jspecify.annotations.Nullable;

/** A job that is not accepted yet: has its input split, freezes it, or says why not. */
final class NewJob {
  private static final Duration CHECKED_SOON = Duration.ofMillis(500);
  private static final Duration YOUNG = Duration.ofSeconds(15);

  /** A store that is away as long as this need not be waited for by who wants to know the end. */
  private static final Duration GIVEN_BACK_BY = Duration.ofMinutes(2);

  private static final String STAYS =
      " The folder of its output could not be given back: if nothing else writes there, delete .batches/owner.json in it before another job is to use it.";

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
      case Acceptance.Waiting(var reason, var message, var phase, var percent) ->
          statuses.write(
              job,
              JobStatus.waiting(job, reason, message, phase, now).withProgress(percent),
              memory,
              context,
              Optional.of(askAgain()));
      case Acceptance.Rejected(var reason, var message, var left) ->
          left ? reject(reason, message) : leave(rejection(reason, message), api);
    };
  }

  private JobMemory.Rejection rejection(Reason reason, String message) {
    return new JobMemory.Rejection(reason, message, now);
  }

  /**
   * The folder of its output is another job's to take when this one has ended. What is remembered
   * is found again by another process, which has the job looked at once more.
   */
  private UpdateControl<BatchJob> leave(JobMemory.Rejection rejection, @Nullable BatchApi api) {
    var children = FinishedJob.children(context);
    var plan =
        Splitting.hasBegun(job.getMetadata().getUid(), children)
            ? acceptance.toGiveBack(job, api, context.getClient())
            : Optional.<ProgramPlan>empty();
    if (memory.rejection == null && plan.isEmpty()) {
      return reject(rejection.reason(), rejection.message());
    }
    memory.rejection = rejection;
    var given = plan.map(its -> splitting.leave(its, children));
    if (given.filter(SplitResult.Done.class::isInstance).isPresent()) {
      return reject(rejection.reason(), rejection.message());
    }
    if (given.filter(SplitResult.Underway.class::isInstance).isEmpty()
        || now.isAfter(rejection.since().plus(GIVEN_BACK_BY))) {
      return reject(rejection.reason(), rejection.message() + STAYS);
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
