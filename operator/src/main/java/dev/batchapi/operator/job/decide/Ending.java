package dev.batchapi.operator.job.decide;

import dev.batchapi.operator.job.observe.Observation;
import dev.batchapi.operator.job.observe.WorkerState;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.ItemCounts;
import dev.batchapi.queue.NextStep;
import java.time.Instant;
import java.util.Optional;

/** Whether a job is over, or what comes before its end. */
public final class Ending {
  private Ending() {}

  /**
   * Whether the job ends, and how. What the counts say goes before what the workers say: a job
   * whose batches all have their outcome has not failed because a worker was lost.
   *
   * @param counts of the ledger, now, without an end record
   */
  public static NextStep decide(Observation seen, Counts counts) {
    if (seen.isCancelled()) {
      return new NextStep.Finish(
          Verdict.Cancelled,
          "Cancelled by spec.cancel, with %d of %d batches done."
              .formatted(counts.done(), seen.total()));
    }
    var run = seen.frozen().run();
    var next =
        NextStep.of(
            counts,
            ItemCounts.of(counts, run.items(), run.batchSize()),
            seen.total(),
            run.maxFailedBatches(),
            run.maxFailedItems(),
            run.retry().maxAttempts());
    if (next instanceof NextStep.Finish) {
      return next;
    }
    return handlerInvalid(seen)
        .or(() -> storeRefuses(seen))
        .or(() -> workersFailed(seen))
        .or(() -> tooLate(seen))
        .or(() -> neverStarted(seen))
        .<NextStep>map(finish -> finish)
        .orElse(next);
  }

  private static Optional<NextStep.Finish> handlerInvalid(Observation seen) {
    return seen.workers()
        .lastWords(WorkerState.How.HANDLER_INVALID)
        .map(words -> new NextStep.Finish(Verdict.HandlerInvalid, words));
  }

  private static Optional<NextStep.Finish> storeRefuses(Observation seen) {
    return seen.workers()
        .lastWords(WorkerState.How.STORE_REFUSED)
        .map(words -> new NextStep.Finish(Verdict.WorkersFailed, words));
  }

  private static Optional<NextStep.Finish> workersFailed(Observation seen) {
    return WorkerPlan.of(seen)
        .hopeless()
        .map(
            hopeless -> {
              var losses =
                  hopeless.places() == 1
                      ? "%d workers in a row ended without any progress"
                          .formatted(hopeless.rounds())
                      : "All %d workers ended %d times in a row without any progress"
                          .formatted(hopeless.places(), hopeless.rounds());
              var words = seen.workers().latestLoss().orElse("nothing");
              return seen.isAllDone()
                  ? new NextStep.Finish(
                      Verdict.OnJobCompleteFailed,
                      "Every batch has its outcome, but on_job_complete could not be run: %s; the last one said: %s"
                          .formatted(losses, words))
                  : new NextStep.Finish(
                      Verdict.WorkersFailed, "%s; the last one said: %s".formatted(losses, words));
            });
  }

  private static Optional<NextStep.Finish> tooLate(Observation seen) {
    var limit = seen.frozen().run().timeouts().runSeconds();
    if (limit == null) {
      return Optional.empty();
    }
    return seen.startTime()
        .filter(start -> !seen.now().isBefore(start.plusSeconds(limit)))
        .map(
            start ->
                new NextStep.Finish(
                    Verdict.DeadlineExceeded,
                    "The job took longer than timeouts.runSeconds allows (%d s)."
                        .formatted(limit)));
  }

  private static Optional<NextStep.Finish> neverStarted(Observation seen) {
    var limit = seen.frozen().run().timeouts().startupSeconds();
    if (limit == null
        || seen.isSuspended()
        || seen.startTime().isPresent()
        || seen.now().isBefore(seen.waitingSince().plusSeconds(limit))) {
      return Optional.empty();
    }
    var why =
        seen.workers()
            .trouble()
            .map(trouble -> " %s: %s".formatted(trouble.reason(), trouble.message()))
            .or(() -> seen.queueTrouble().map(trouble -> " " + trouble))
            .or(() -> seen.workers().latestLoss().map(words -> " " + words))
            .orElse("");
    return Optional.of(
        new NextStep.Finish(
            Verdict.WorkersFailed,
            "No worker was ready within timeouts.startupSeconds (%d s).%s".formatted(limit, why)));
  }

  /** When a decision changes by the passing of time alone; empty if it doesn't. */
  public static Optional<Instant> deadline(Observation seen) {
    var timeouts = seen.frozen().run().timeouts();
    if (seen.isSuspended()) {
      return Optional.empty();
    }
    var start = seen.startTime();
    if (start.isPresent()) {
      return Optional.ofNullable(timeouts.runSeconds()).map(s -> start.get().plusSeconds(s));
    }
    return Optional.ofNullable(timeouts.startupSeconds())
        .map(s -> seen.waitingSince().plusSeconds(s));
  }
}
