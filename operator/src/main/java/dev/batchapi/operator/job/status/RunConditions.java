package dev.batchapi.operator.job.status;

import static dev.batchapi.crds.Condition.Status.FALSE;
import static dev.batchapi.crds.Condition.Status.TRUE;
import static dev.batchapi.crds.Condition.Status.UNKNOWN;

import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.job.decide.Endings;
import dev.batchapi.operator.job.observe.EnqueuingState;
import dev.batchapi.operator.job.observe.FailedBatches;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.Observation;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The conditions of a BatchJob from its acceptance to its end. */
final class RunConditions {
  private RunConditions() {}

  /** All of them, but those that are as they were. */
  static JobConditions.Conditions of(Observation seen, Optional<End> end, JobResults results) {
    var conditions =
        JobStatus.conditions(seen.job(), seen.now())
            .add(JobConditions.ACCEPTED, TRUE, Reason.Accepted, frozenAs(seen.frozen()));
    outputWritten(results, conditions);
    if (results instanceof JobResults.Collecting) {
      leaving(conditions);
      waitsNoMore(seen.before(), conditions);
    } else {
      enqueued(seen, end, conditions);
      if (end.isPresent()) {
        finished(seen.before(), end.get(), Endings.reason(end.get(), results), conditions);
        storage(seen, conditions);
        return conditions;
      }
      workersReady(seen, conditions);
      waiting(seen, conditions);
    }
    storage(seen, conditions);
    if (seen.isSuspended()) {
      conditions.add(
          JobConditions.SUSPENDED, TRUE, Reason.Suspended, "spec.suspend is true: no workers run.");
    } else if (JobConditions.condition(seen.before(), JobConditions.SUSPENDED).isPresent()) {
      conditions.add(JobConditions.SUSPENDED, FALSE, Reason.Resumed, "spec.suspend is false.");
    }
    return conditions;
  }

  /** Of a job of which no worker has waited for a store nothing is said. */
  private static void storage(Observation seen, JobConditions.Conditions conditions) {
    if (seen.storeTrouble().isPresent()) {
      conditions.add(
          JobConditions.STORAGE_AVAILABLE,
          FALSE,
          Reason.StorageUnavailable,
          "Workers wait for a store, and try it again. "
              + FailedBatches.shortened(seen.storeTrouble().get()));
    } else if (JobConditions.condition(seen.before(), JobConditions.STORAGE_AVAILABLE).isPresent()
        && seen.queueTrouble().isEmpty()) {
      conditions.add(
          JobConditions.STORAGE_AVAILABLE,
          TRUE,
          Reason.StorageAvailable,
          "No worker waits for a store any more.");
    }
  }

  private static void enqueued(
      Observation seen, Optional<End> end, JobConditions.Conditions conditions) {
    switch (seen.enqueuing()) {
      case EnqueuingState.Done _ when seen.queueTrouble().isPresent() ->
          conditions.add(
              JobConditions.ENQUEUED, UNKNOWN, Reason.QueueUnavailable, seen.queueTrouble().get());
      case EnqueuingState.Done _ ->
          conditions.add(
              JobConditions.ENQUEUED,
              TRUE,
              Reason.Enqueued,
              "Every batch is in the queue, has its outcome, or follows as work is done.");
      case EnqueuingState.Held _ when end.isEmpty() ->
          conditions.add(
              JobConditions.ENQUEUED,
              FALSE,
              Reason.Suspended,
              "spec.suspend is true: batches are put into the queue when it is false.");
      case EnqueuingState.Running _ when end.isEmpty() ->
          conditions.add(
              JobConditions.ENQUEUED,
              FALSE,
              Reason.Enqueuing,
              "The batches are being put into the queue.");
      case EnqueuingState.Failed(var reason, var message) when end.isEmpty() ->
          conditions.add(JobConditions.ENQUEUED, FALSE, reason, message);
      case EnqueuingState.Running _,
          EnqueuingState.Held _,
          EnqueuingState.Failed _,
          EnqueuingState.Tampered _ -> {}
    }
  }

  private static void workersReady(Observation seen, JobConditions.Conditions conditions) {
    var desired = Math.min(seen.allowedWorkers(), seen.usefulWorkers());
    var ready = seen.workers().ready();
    var trouble = seen.workers().trouble();
    var count = "%d of %d workers are ready.".formatted(ready, desired);
    var message = count + trouble.map(t -> " " + t.reason() + ": " + t.message()).orElse("");
    var lost =
        seen.workers()
            .latestLoss()
            .map(words -> " The last one that was lost said: " + words)
            .orElse("");
    if (seen.isSuspended()) {
      conditions.add(JobConditions.WORKERS_READY, FALSE, Reason.Suspended, "No workers run.");
    } else if (ready > 0) {
      conditions.add(
          JobConditions.WORKERS_READY,
          TRUE,
          ready >= desired ? Reason.AllReady : Reason.SomeReady,
          message);
    } else if (trouble.isPresent()) {
      conditions.add(JobConditions.WORKERS_READY, FALSE, trouble.get().reason(), message + lost);
    } else if (seen.workers().live() == 0 && !lost.isEmpty()) {
      conditions.add(JobConditions.WORKERS_READY, FALSE, Reason.WorkersLost, count + lost);
    } else {
      conditions.add(JobConditions.WORKERS_READY, FALSE, Reason.Starting, message + lost);
    }
  }

  /** Only of a job that has waited once; words that change with each look are not among it. */
  private static void waiting(Observation seen, JobConditions.Conditions conditions) {
    if (seen.waiting().isPresent() && !seen.isSuspended()) {
      var waiting = seen.waiting().get();
      var limit = seen.frozen().run().rateLimit();
      switch (waiting.what()) {
        case RateLimit ->
            conditions.add(
                JobConditions.WAITING,
                TRUE,
                Reason.RateLimit,
                "Workers wait for the job's rate limit%s most of the time."
                    .formatted(
                        limit == null ? "" : " of %s items/s".formatted(plain(limit.perSecond()))));
        case RetryLater ->
            conditions.add(
                JobConditions.WAITING,
                TRUE,
                Reason.RetryLater,
                "The handler has asked to be called later, and workers wait for that most of the time%s"
                    .formatted(waiting.why().isEmpty() ? "." : ": " + waiting.why()));
      }
    } else if (JobConditions.condition(seen.before(), JobConditions.WAITING).isPresent()) {
      if (seen.isSuspended()) {
        conditions.add(JobConditions.WAITING, FALSE, Reason.Suspended, "No workers run.");
      } else {
        conditions.add(
            JobConditions.WAITING, FALSE, Reason.Working, "Workers wait no more, or not for long.");
      }
    }
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private static void waitsNoMore(
      @Nullable BatchJobStatus before, JobConditions.Conditions conditions) {
    if (JobConditions.condition(before, JobConditions.WAITING).isPresent()) {
      conditions.add(JobConditions.WAITING, FALSE, Reason.Finished, "The job has ended.");
    }
  }

  private static void leaving(JobConditions.Conditions conditions) {
    conditions.add(
        JobConditions.WORKERS_READY,
        FALSE,
        Reason.Finished,
        "The job has ended; its workers leave.");
  }

  private static void outputWritten(JobResults results, JobConditions.Conditions conditions) {
    switch (results) {
      case JobResults.Collecting(var reason, var message, _) ->
          conditions.add(JobConditions.OUTPUT_WRITTEN, FALSE, reason, message);
      case JobResults.Collected(var path, var files, var bytes, _) ->
          conditions.add(
              JobConditions.OUTPUT_WRITTEN,
              TRUE,
              Reason.ResultsWritten,
              String.format(
                  Locale.ROOT,
                  "Results and errors are in %s: %d files of %,d bytes, and manifest.json.",
                  path,
                  files,
                  bytes));
      case JobResults.NotCollected(var why) ->
          conditions.add(JobConditions.OUTPUT_WRITTEN, FALSE, Reason.OutputFailed, why);
      case JobResults.Pending _, JobResults.Waiting _, JobResults.Written _, JobResults.Kept _ -> {}
    }
  }

  /**
   * Those of the end.
   *
   * @param reason of the end, which is not always the verdict's
   */
  static void finished(
      @Nullable BatchJobStatus before,
      End end,
      Reason reason,
      JobConditions.Conditions conditions) {
    leaving(conditions);
    waitsNoMore(before, conditions);
    if (JobConditions.condition(before, JobConditions.SUSPENDED).isPresent()) {
      conditions.add(JobConditions.SUSPENDED, FALSE, Reason.Finished, "The job has ended.");
    }
    conditions.add(JobConditions.FINISHED, TRUE, reason, end.message());
    conditions.add(
        reason == Reason.Complete ? JobConditions.COMPLETE : JobConditions.FAILED,
        TRUE,
        reason,
        end.message());
  }

  /** What the condition Accepted says. */
  static String frozenAs(FrozenJob frozen) {
    return "Frozen as BatchAPI \"%s\" was then: %d batch%s of up to %d item%s%s."
        .formatted(
            frozen.run().job().apiName(),
            frozen.run().totalBatches(),
            frozen.run().totalBatches() == 1 ? "" : "es",
            frozen.run().batchSize(),
            frozen.run().batchSize() == 1 ? "" : "s",
            mayFail(frozen.run().maxFailedBatches()));
  }

  /** In batches, for a percentage of few of them may be none. */
  private static String mayFail(@Nullable Integer most) {
    return most == null
        ? ""
        : most == 0 ? ", of which none may fail" : ", of which %d may fail".formatted(most);
  }
}
