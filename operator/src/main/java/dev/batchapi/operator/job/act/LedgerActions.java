package dev.batchapi.operator.job.act;

import dev.batchapi.operator.job.decide.Misuse;
import dev.batchapi.operator.job.observe.FailedBatches;
import dev.batchapi.operator.job.observe.Observation;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.ItemCounts;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.NextStep;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.Summary;
import java.time.Instant;

/** Writes into one job's ledger what was decided. */
public final class LedgerActions {
  private final Ledger ledger;
  private final String uid;

  public LedgerActions(Ledger ledger, String uid) {
    this.ledger = ledger;
    this.uid = uid;
  }

  /**
   * Brings the job nearer to its end, or ends it.
   *
   * @throws QueueFullException if the ledger has no room for it now
   */
  public void take(NextStep next, Counts counts, Observation seen) {
    switch (next) {
      case NextStep.KeepGoing _ -> {}
      case NextStep.RunCompletion _ -> {
        var run = seen.frozen().run();
        var items = ItemCounts.of(counts, run.items(), run.batchSize());
        ledger.enqueueCompletion(
            uid, Summary.of(uid, seen.total(), counts, items, ledger, seen.outputPath()));
      }
      case NextStep.Finish(var verdict, var message) ->
          ledger.end(uid, new End(verdict, FailedBatches.shortened(message), seen.now()));
    }
  }

  /**
   * Ends a job whose workers have written more than they may. Before anything is counted: while a
   * job floods the queue, its counts can't be read to their end.
   *
   * @param jobBytes what a job may have in the queue
   * @param revoke takes the credentials away, first, so that there is room for the end
   */
  public void endMisuse(int totalBatches, long jobBytes, Runnable revoke, Instant now) {
    Misuse.of(ledger.usage(uid), totalBatches, jobBytes)
        .ifPresent(
            end -> {
              revoke.run();
              ledger.end(uid, new End(end.verdict(), end.message(), now));
            });
  }
}
