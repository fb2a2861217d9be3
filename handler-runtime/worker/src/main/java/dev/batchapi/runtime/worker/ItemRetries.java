package dev.batchapi.runtime.worker;

import dev.batchapi.queue.BatchError;
import java.time.Duration;
import java.util.Optional;

/**
 * Has those items of a batch that failed alone handled again, in place, as often as they may be.
 * docs/protocol/handler-protocol.md, "Items that fail alone", has the rules. Used by the worker's
 * own thread.
 */
final class ItemRetries {
  private final Assignment job;
  private final HostKeeper hosts;
  private final ProcessHealth health;
  private final Consequences consequences;
  private final StopSignal signal;
  private final HeldWait wait;

  ItemRetries(
      Assignment job,
      HostKeeper hosts,
      ProcessHealth health,
      Consequences consequences,
      StopSignal signal,
      HeldWait wait) {
    this.job = job;
    this.hosts = hosts;
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
  Optional<WorkerExit> after(Answer.Items items, int first, HandOver batch, Settlement settlement)
      throws HostStartException, InterruptedException {
    var attempt = first;
    var handOver = batch;
    var breakage = items.breakage();
    // How the last round ended that was a last attempt and took its process along.
    var lost = Optional.<BatchError>empty();
    var progress = new ItemProgress(items, attempt, batch.waits());
    for (var next = progress.next(job.retry(), attempt);
        next.isPresent();
        next = progress.next(job.retry(), attempt)) {
      var whole = progress.wholeFailure(job.retry(), attempt);
      if (whole.isPresent()) {
        return consequences.of(settlement, attempt, failure(whole.get(), breakage));
      }
      if (lost.isPresent()) {
        // What was not in that round has an attempt of its own yet, and needs a process for it.
        var other = another(settlement, handOver);
        if (other.isEmpty()) {
          progress.restFailed(attempt, lost.get());
          break;
        }
        handOver = handOver.to(other.get());
      } else if (breakage.isPresent()) {
        health.broke(Settlement.summary(breakage.get()));
        var other = another(settlement, handOver);
        if (other.isEmpty()) {
          return consequences.of(settlement, attempt, failure(breakage.get(), breakage));
        }
        handOver = handOver.to(other.get());
      }
      var round = next.get();
      settlement.again(attempt, round, progress);
      handOver.keepFor(round.delay());
      switch (waited(round, handOver.waits())) {
        case PASSED -> {}
        case STOPPED -> {
          return Optional.of(Consequences.released(settlement));
        }
        case JOB_OVER -> {
          return Optional.empty();
        }
      }
      if (settlement.mayBeLost()) {
        return Optional.empty();
      }
      attempt = round.attempt();
      var answer = handOver.items(attempt, round.items());
      if (answer instanceof Answer.NeverStarted(var how) && !signal.isAbandoned()) {
        answer = new Answer.Died(how); // it had the batch before: else it would begin for ever
      }
      lost = Optional.empty();
      breakage = answer instanceof Answer.Items more ? more.breakage() : Optional.empty();
      switch (answer) {
        case Answer.Result result -> progress.take(round.items(), attempt, result);
        case Answer.Large result -> progress.take(round.items(), attempt, result);
        case Answer.Items more -> progress.take(round.items(), attempt, more);
        case Answer.Later later -> progress.allLater(round.items(), attempt, later);
        case Answer.Failed(var error) ->
            progress.allFailed(round.items(), attempt, consequences.inSeconds(error));
        case Answer.Broke _, Answer.TimedOut _, Answer.Died _, Answer.NeverStarted _ -> {
          lost = consequences.lastOfItems(settlement, attempt, answer);
          if (lost.isEmpty()) {
            // The next process gets the whole batch: no more is lost than by a lost worker.
            return consequences.of(settlement, attempt, answer);
          }
          progress.allFailed(round.items(), attempt, lost.get());
        }
      }
    }
    breakage.ifPresent(error -> health.broke(Settlement.summary(error)));
    if (breakage.isPresent()) {
      // It says nothing of the batch.
    } else if (progress.isFruitless()) {
      health.failed(settlement.index(), false);
    } else if (lost.isEmpty() && handOver.host().alive()) {
      health.succeeded();
    }
    return consequences.put(settlement, settlement.end(attempt, progress));
  }

  private HeldWait.End waited(ItemProgress.Round round, Waits waits) {
    waits.holds(round.delay());
    try {
      return round.why() == null ? wait.of(round.delay()) : wait.asked(round.delay(), round.why());
    } finally {
      waits.goesOn();
    }
  }

  private static Answer failure(BatchError error, Optional<BatchError> breakage) {
    return breakage.isPresent() ? new Answer.Broke(error) : new Answer.Failed(error);
  }

  /**
   * The process that takes the place of one that broke or ended, while this worker keeps what the
   * others returned; empty if there is none.
   */
  private Optional<Host> another(Settlement settlement, HandOver batch)
      throws HostStartException, InterruptedException {
    batch.keepFor(HandOver.FOR_EVER);
    if (hosts.leaveBroken().isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(hosts.get());
    } catch (HostStartException | InterruptedException e) {
      settlement.release(Duration.ZERO);
      throw e;
    }
  }
}
