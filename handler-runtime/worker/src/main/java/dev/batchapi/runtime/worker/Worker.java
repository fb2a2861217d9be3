package dev.batchapi.runtime.worker;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.WorkQueue;
import dev.batchapi.runtime.worker.WorkerExit.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works for one job until it ends: lease a batch, hand it to the host, settle its lease.
 *
 * <p>{@link #run} is called once, by the worker's own thread; {@link #stop} and {@link #abandon} by
 * any other.
 */
public final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");
  private static final Duration LEASE_WAIT = Duration.ofSeconds(5);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** What a handed-over batch may take beyond its timeout: the host is ended and waited for. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  /**
   * A store has been asked for a while already when it is said to be away; doubles, to a minute.
   */
  private static final Duration FIRST_STORE_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_STORE_PAUSE = Duration.ofMinutes(1);

  /**
   * How long a batch is kept while its store is away, before another one is tried, whose store may
   * not be; doubles, to 20 minutes. Each batch given back is a record that says nothing new, of
   * which a job has 10,000 and one a second: 1,000 workers write 5,000 in the first half hour
   * (after 1, 3, 7, 15 and 31 minutes), and 1,000 / 1,200 s = 0.8 a second from then on.
   */
  private static final Duration FIRST_STORE_HOLD = Duration.ofMinutes(1);

  private static final Duration LONGEST_STORE_HOLD = Duration.ofMinutes(20);

  private final Assignment job;
  private final WorkQueue queue;
  private final Pause pause = new Pause();
  private final StopSignal signal = new StopSignal();
  private final ProcessHealth health = new ProcessHealth();
  private final HostKeeper hosts;
  private final Payloads payloads;
  private Duration storeHold = FIRST_STORE_HOLD;

  /** A worker of a job whose batches carry their items. */
  public Worker(Assignment job, WorkQueue queue, HostSource hosts) {
    this(job, queue, hosts, Payloads.CARRIED);
  }

  public Worker(Assignment job, WorkQueue queue, HostSource hosts, Payloads payloads) {
    this.job = job;
    this.queue = queue;
    this.payloads = payloads;
    this.hosts = new HostKeeper(job.jobName(), hosts, signal, health);
  }

  /** Works until the job ends, the worker is stopped, or it can't go on. */
  public WorkerExit run() {
    signal.listen();
    try (var keeper = new LeaseKeeper(queue.leaseDuration())) {
      while (true) {
        var exit = turn(keeper);
        if (exit.isPresent()) {
          return exit.get();
        }
      }
    } catch (HostStartException e) {
      return WorkerExit.of(e);
    } catch (QueueAccessException e) {
      return new WorkerExit(Reason.QUEUE_REFUSED, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      return new WorkerExit(Reason.DONE, "stopped");
    } catch (RuntimeException e) {
      LOG.error("the worker can't go on", e);
      return new WorkerExit(Reason.UNEXPECTED, "The worker can't go on: " + e);
    } finally {
      hosts.close();
    }
  }

  /** Lets the batch in hand finish, then ends the worker. */
  public void stop() {
    signal.stop();
    pause.end();
  }

  /** Ends the worker at once: the batch in hand is given back, its host ended. */
  public void abandon() {
    signal.abandon();
    pause.end();
    hosts.kill();
  }

  /** One turn of the loop: empty to go on. */
  private Optional<WorkerExit> turn(LeaseKeeper keeper)
      throws HostStartException, InterruptedException {
    if (signal.isStopping()) {
      return Optional.of(new WorkerExit(Reason.DONE, "stopped"));
    }
    var exit = hosts.leaveBroken();
    if (exit.isPresent()) {
      return exit;
    }
    var host = hosts.get();
    try {
      var lease = signal.interruptibly(() -> queue.lease(LEASE_WAIT));
      if (lease.isPresent()) {
        pause.reset();
        return work(host, lease.get(), keeper);
      }
      var end = queue.ended();
      return end.map(e -> new WorkerExit(Reason.DONE, "the job has ended: " + e.verdict()));
    } catch (QueueUnavailableException e) {
      LOG.warn("the queue can't be reached: {}", e.getMessage());
      pause.take();
      return Optional.empty();
    }
  }

  /** Has a leased batch handled, here or elsewhere; an exit if the worker ends with it. */
  private Optional<WorkerExit> work(Host host, Lease lease, LeaseKeeper keeper) {
    var settlement = new Settlement(lease, job, pause, signal);
    keeper.keep(lease, FOR_EVER);
    try {
      var attempts = settlement.attempts();
      if (attempts.isEmpty() || settlement.giveUp(attempts.get())) {
        return Optional.empty();
      }
      var last = job.retry().isLast(attempts.get());
      switch (health.placeFor(lease.index(), last, System.nanoTime())) {
        case ProcessHealth.Place.Here _ -> {}
        case ProcessHealth.Place.Elsewhere(var delay) -> {
          settlement.release(delay);
          return Optional.empty();
        }
        case ProcessHealth.Place.Fresh _ -> {
          settlement.release(Duration.ZERO);
          return Optional.empty();
        }
      }
      var attempt = attempts.get().next();
      return switch (payload(lease, settlement.name())) {
        case Fetched.Payload(var json) -> {
          storeHold = FIRST_STORE_HOLD;
          yield handle(host, settlement, lease, json, attempt, keeper);
        }
        case Fetched.Invalid(var message) -> {
          var _ = settlement.fail(attempt, BatchError.of(BatchError.Reason.InputInvalid, message));
          yield Optional.empty();
        }
        case Fetched.Changed(var message) -> {
          var _ = settlement.fail(attempt, BatchError.of(BatchError.Reason.InputChanged, message));
          yield Optional.empty();
        }
        case Fetched.Away(var message) -> {
          LOG.warn("{} is given back: {}", settlement.name(), message);
          settlement.release(signal.isStopping() ? Duration.ZERO : LONGEST_STORE_PAUSE);
          storeHold = shorter(storeHold.multipliedBy(2), LONGEST_STORE_HOLD);
          yield Optional.empty();
        }
        case Fetched.Refused(var message) -> {
          settlement.release(Duration.ZERO);
          yield Optional.of(new WorkerExit(Reason.STORE_REFUSED, message));
        }
      };
    } finally {
      keeper.letGo();
    }
  }

  /** Asked for again and again while its store is away, unless the worker or the job ends. */
  private Fetched payload(Lease lease, String name) {
    var since = System.nanoTime();
    var between = FIRST_STORE_PAUSE;
    while (true) {
      var fetched = payload(lease);
      if (!(fetched instanceof Fetched.Away(var message))
          || System.nanoTime() - since >= storeHold.toNanos()
          || lease.mayHaveExpired()) {
        return fetched;
      }
      LOG.warn("{} waits: {}", name, message);
      try {
        var millis = between.toMillis();
        signal.interruptibly(
            () -> {
              Thread.sleep(millis);
              return true;
            });
      } catch (InterruptedException e) {
        return fetched;
      }
      if (isOver()) {
        return fetched;
      }
      between = shorter(between.multipliedBy(2), LONGEST_STORE_PAUSE);
    }
  }

  private boolean isOver() {
    try {
      return queue.ended().isPresent();
    } catch (QueueUnavailableException e) {
      return false;
    }
  }

  private Fetched payload(Lease lease) {
    return lease.index() == Lease.COMPLETION ? Payloads.CARRIED.of(lease) : payloads.of(lease);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  /** Has a batch handled, and those of its items that fail alone as often as they may be. */
  private Optional<WorkerExit> handle(
      Host host, Settlement settlement, Lease lease, byte[] json, int first, LeaseKeeper keeper) {
    var attempt = first;
    var answer = ask(host, lease, json, attempt, List.of(), keeper);
    if (!(answer instanceof Answer.Items items)) {
      return settle(settlement, attempt, answer);
    }
    var progress = new ItemProgress(items, attempt);
    for (var again = progress.again(job.retry(), attempt);
        !again.isEmpty();
        again = progress.again(job.retry(), attempt)) {
      var delay = job.retry().backoff(attempt);
      settlement.again(attempt, again.size(), delay, progress);
      keeper.keep(lease, delay.plus(SLACK));
      backOff(delay);
      if (signal.isAbandoned()) {
        return Optional.of(released(settlement));
      }
      if (settlement.mayBeLost() || isOver()) {
        return Optional.empty();
      }
      attempt++;
      answer = ask(host, lease, json, attempt, again, keeper);
      if (answer instanceof Answer.NeverStarted(var how) && !signal.isAbandoned()) {
        answer = new Answer.Died(how); // it had the batch before: else it would begin for ever
      }
      switch (answer) {
        case Answer.Result result -> progress.take(again, attempt, result);
        case Answer.Items more -> progress.take(again, attempt, more);
        case Answer.Failed(var error) -> progress.allFailed(again, attempt, error);
        case Answer.Broke _, Answer.TimedOut _, Answer.Died _, Answer.NeverStarted _ -> {
          var end = lastError(settlement, attempt, answer);
          if (end.isEmpty()) {
            // The next process gets the whole batch: no more is lost than by a lost worker.
            return settle(settlement, attempt, answer);
          }
          progress.allFailed(again, attempt, end.get());
        }
      }
    }
    if (progress.isFruitless()) {
      health.failed(settlement.index(), false);
    } else if (host.alive()) {
      health.succeeded();
    }
    settlement.end(attempt, progress);
    return Optional.empty();
  }

  /**
   * The error of items whose last attempt ended with their process: what the others returned is
   * kept. Empty if another attempt follows, or none was made.
   */
  private Optional<BatchError> lastError(Settlement settlement, int attempt, Answer answer) {
    if (attempt < job.retry().maxAttempts() || signal.isAbandoned()) {
      return Optional.empty();
    }
    return switch (answer) {
      case Answer.Broke(var error) -> {
        health.broke(Settlement.summary(error));
        yield Optional.of(error);
      }
      case Answer.TimedOut _ -> {
        hosts.ended(inBatch("was ended by timeouts.batchSeconds", settlement, attempt));
        yield Optional.of(timedOut());
      }
      case Answer.Died(var how) -> {
        hosts.ended(inBatch("ended", settlement, attempt));
        yield Optional.of(BatchError.of(BatchError.Reason.HandlerDied, how));
      }
      default -> Optional.empty();
    };
  }

  /** Waits, unless the worker is told to stop: then failed items have their attempts at once. */
  private void backOff(Duration delay) {
    try {
      var millis = delay.toMillis();
      signal.interruptibly(
          () -> {
            Thread.sleep(millis);
            return true;
          });
    } catch (InterruptedException e) {
      LOG.debug("failed items are tried again at once, for the worker is to stop");
    }
  }

  /** Each attempt has the batch timeout for its own. */
  private Answer ask(
      Host host,
      Lease lease,
      byte[] payload,
      int attempt,
      List<Integer> positions,
      LeaseKeeper keeper) {
    // From here, for what came before was no time of the handler's.
    var deadline = job.batchTimeout().map(t -> Instant.now().plus(t));
    keeper.keep(lease, job.batchTimeout().map(t -> t.plus(SLACK)).orElse(FOR_EVER));
    if (lease.index() == Lease.COMPLETION) {
      return host.complete(deadline, payload);
    }
    var index = lease.index();
    return host.handle(
        new Call(
            job.jobId() + "-" + index,
            index,
            (long) index * job.batchSize(),
            positions,
            attempt,
            deadline,
            payload));
  }

  /** What a host's answer means for the batch, for its process, and for this worker. */
  private Optional<WorkerExit> settle(Settlement settlement, int attempt, Answer answer) {
    switch (answer) {
      case Answer.Result(var json) -> {
        health.succeeded();
        settlement.succeed(attempt, json);
      }
      case Answer.Items items -> settlement.end(attempt, new ItemProgress(items, attempt));
      case Answer.Failed(var error) ->
          health.failed(settlement.index(), settlement.fail(attempt, inSeconds(error)));
      case Answer.Broke(var error) -> {
        health.broke(Settlement.summary(error));
        var _ = settlement.fail(attempt, error);
      }
      case Answer.TimedOut _ -> {
        hosts.ended(inBatch("was ended by timeouts.batchSeconds", settlement, attempt));
        var _ = settlement.fail(attempt, timedOut());
      }
      case Answer.Died _ when signal.isAbandoned() -> {
        return Optional.of(released(settlement));
      }
      case Answer.Died(var how) -> {
        hosts.ended(inBatch("ended", settlement, attempt));
        var _ = settlement.fail(attempt, BatchError.of(BatchError.Reason.HandlerDied, how));
      }
      case Answer.NeverStarted _ when signal.isAbandoned() -> {
        return Optional.of(released(settlement));
      }
      case Answer.NeverStarted(var how) -> {
        LOG.warn("{}", how);
        settlement.release(Duration.ZERO);
      }
    }
    return Optional.empty();
  }

  private static WorkerExit released(Settlement settlement) {
    settlement.release(Duration.ZERO);
    return new WorkerExit(
        Reason.RELEASED, "stopped; batch %d was given back".formatted(settlement.index()));
  }

  /** A host that ends a batch itself knows where that stood, and not what the setting says. */
  private BatchError inSeconds(BatchError error) {
    return error.reason() != BatchError.Reason.BatchTimedOut || job.batchTimeout().isEmpty()
        ? error
        : new BatchError(
            error.reason(),
            "The batch took longer than timeouts.batchSeconds allows (%d s), and was ended where its stack says."
                .formatted(job.batchTimeout().get().toSeconds()),
            error.type(),
            error.stack());
  }

  private BatchError timedOut() {
    return BatchError.of(
        BatchError.Reason.BatchTimedOut,
        "The batch took longer than timeouts.batchSeconds allows (%d s); its handler's process was ended."
            .formatted(job.batchTimeout().orElseThrow().toSeconds()));
  }

  private static String inBatch(String what, Settlement settlement, int attempt) {
    return "The handler's process %s in %s, attempt %d."
        .formatted(what, settlement.name(), attempt);
  }
}
