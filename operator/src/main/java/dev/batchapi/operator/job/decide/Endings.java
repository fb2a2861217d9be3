package dev.batchapi.operator.job.decide;

import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End;

/** What an end is called once it is known what became of the results. */
public final class Endings {
  private Endings() {}

  /**
   * The reason. The ledger's verdict is the work's; whoever waits for a job to be complete goes on
   * with its results, so one that has done its work and has not written them where it was told to
   * is not.
   */
  public static Reason reason(End end, JobResults results) {
    var done = end.verdict().isOfAllBatches();
    return done && results instanceof JobResults.NotCollected
        ? Reason.OutputFailed
        : Reason.of(end.verdict());
  }

  /** The phase that goes with it. */
  public static JobPhase phase(End end, JobResults results) {
    return reason(end, results) == Reason.OutputFailed ? JobPhase.FAILED : phase(end.verdict());
  }

  private static JobPhase phase(End.Verdict verdict) {
    return switch (verdict) {
      case Complete -> JobPhase.SUCCEEDED;
      case BatchesFailed, ItemsFailed -> JobPhase.COMPLETED_WITH_FAILURES;
      case DeadlineExceeded -> JobPhase.TIMED_OUT;
      case Cancelled -> JobPhase.CANCELLED;
      case TooManyFailures,
          HandlerInvalid,
          WorkersFailed,
          OnJobCompleteFailed,
          RunTampered,
          QueueMisused ->
          JobPhase.FAILED;
    };
  }
}
