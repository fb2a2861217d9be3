package dev.batchapi.runtime.worker;

import java.util.Optional;

/**
 * Has those items of a batch that failed alone handled again, in place, as often as they may be.
 * docs/protocol/handler-protocol.md, "Items that fail alone", has the rules. Used by the worker's
 * own thread.
 */
final class ItemRetries {
  private final Assignment job;
  private final ProcessHealth health;
  private final Consequences consequences;
  private final StopSignal signal;
  private final HeldWait wait;

  ItemRetries(
      Assignment job,
      ProcessHealth health,
      Consequences consequences,
      StopSignal signal,
      HeldWait wait) {
    this.job = job;
    this.health = health;
    this.consequences = consequences;
    this.signal = signal;
    this.wait = wait;
  }

  /**
   * Goes on from the answer to the whole batch, to its outcome or to its release.
   *
   * @param first the attempt that was answered, from 1
   * @return an exit if the worker ends with it
   */
  Optional<WorkerExit> after(
      Answer.Items items, int first, HandOver handOver, Settlement settlement) {
    var attempt = first;
    var progress = new ItemProgress(items, attempt);
    for (var again = progress.again(job.retry(), attempt);
        !again.isEmpty();
        again = progress.again(job.retry(), attempt)) {
      var delay = job.retry().backoff(attempt);
      settlement.again(attempt, again.size(), delay, progress);
      handOver.keepFor(delay);
      var _ = wait.lasts(delay);
      if (signal.isAbandoned()) {
        return Optional.of(Consequences.released(settlement));
      }
      if (settlement.mayBeLost() || wait.isOver()) {
        return Optional.empty();
      }
      attempt++;
      var answer = handOver.items(attempt, again);
      if (answer instanceof Answer.NeverStarted(var how) && !signal.isAbandoned()) {
        answer = new Answer.Died(how); // it had the batch before: else it would begin for ever
      }
      switch (answer) {
        case Answer.Result result -> progress.take(again, attempt, result);
        case Answer.Items more -> progress.take(again, attempt, more);
        case Answer.Failed(var error) -> progress.allFailed(again, attempt, error);
        case Answer.Broke _, Answer.TimedOut _, Answer.Died _, Answer.NeverStarted _ -> {
          var end = consequences.lastOfItems(settlement, attempt, answer);
          if (end.isEmpty()) {
            // The next process gets the whole batch: no more is lost than by a lost worker.
            return consequences.of(settlement, attempt, answer);
          }
          progress.allFailed(again, attempt, end.get());
        }
      }
    }
    if (progress.isFruitless()) {
      health.failed(settlement.index(), false);
    } else if (handOver.host().alive()) {
      health.succeeded();
    }
    settlement.end(attempt, progress);
    return Optional.empty();
  }
}
