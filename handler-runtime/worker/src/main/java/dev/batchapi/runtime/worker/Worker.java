package dev.batchapi.runtime.worker;

import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.WorkQueue;
import dev.batchapi.runtime.worker.WorkerExit.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

  private final Assignment job;
  private final WorkQueue queue;
  private final Pause pause = new Pause();
  private final StopSignal signal = new StopSignal();
  private final ProcessHealth health = new ProcessHealth();
  private final HostKeeper hosts;
  private final LargeResults large;
  private final StoreNews news;
  private final AwaitedPayload payload;
  private final NextBatch next;
  private final Consequences consequences;
  private final ItemRetries retries;
  private final HeldWait wait;
  private final LaterCalls later;
  private final @Nullable RateShare rate;
  private final Waits waits = new Waits();

  /** A worker of a job whose batches carry their items. */
  public Worker(Assignment job, WorkQueue queue, HostSource hosts) {
    this(job, queue, hosts, Payloads.CARRIED);
  }

  public Worker(Assignment job, WorkQueue queue, HostSource hosts, Payloads payloads) {
    this(job, queue, hosts, payloads, LargeResults.none());
  }

  /**
   * The same with a place for large results.
   *
   * @param large where results go that are too large for the ledger
   */
  public Worker(
      Assignment job, WorkQueue queue, HostSource hosts, Payloads payloads, LargeResults large) {
    this.large = large;
    this.news = new StoreNews(queue);
    this.job = job;
    this.queue = queue;
    this.hosts = new HostKeeper(job.jobName(), hosts, signal, health);
    this.wait = new HeldWait(queue, signal, new WaitNews(queue::tellWaiting, System::nanoTime));
    this.later = new LaterCalls(wait, waits);
    this.rate = job.rate().map(limit -> new RateShare(limit, queue)).orElse(null);
    this.payload = new AwaitedPayload(payloads, wait, news);
    this.next = new NextBatch(queue, payloads, job.workers());
    this.consequences = new Consequences(job, health, this.hosts, signal, waits);
    this.retries = new ItemRetries(job, this.hosts, health, consequences, signal, wait);
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
      if (rate != null) {
        rate.letGo();
        LOG.info("it has waited for the rate limit for {} s", waits.forRate().toSeconds());
      }
      next.close();
      hosts.close();
    }
  }

  /**
   * Lets the attempt in hand finish, then ends the worker. A batch that is not done with it is
   * given back, and at once one that has not begun.
   */
  public void stop() {
    signal.stop();
    next.giveBack();
    pause.end();
  }

  /** Ends the worker at once: the batch in hand is given back, its host ended. */
  public void abandon() {
    signal.abandon();
    next.giveBack();
    pause.end();
    hosts.kill();
  }

  /** How long its batches have waited. May be asked by any thread. */
  public Waits waits() {
    return waits;
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
      var taken = signal.interruptibly(this::take);
      if (taken.isPresent()) {
        pause.reset();
        return work(host, taken.get(), keeper);
      }
      var end = queue.ended();
      return end.map(e -> new WorkerExit(Reason.DONE, "the job has ended: " + e.verdict()));
    } catch (QueueUnavailableException e) {
      LOG.warn("the queue can't be reached: {}", e.getMessage());
      pause.take();
      return Optional.empty();
    }
  }

  private Optional<NextBatch.Taken> take() throws InterruptedException {
    var held = next.take();
    return held.isPresent()
        ? held
        : queue.lease(LEASE_WAIT).map(lease -> new NextBatch.Taken(lease, null));
  }

  /** Has a leased batch handled, here or elsewhere; an exit if the worker ends with it. */
  private Optional<WorkerExit> work(Host host, NextBatch.Taken taken, LeaseKeeper keeper)
      throws HostStartException, InterruptedException {
    var lease = taken.lease();
    var settlement = new Settlement(lease, job, pause, signal, large, news, wait, keeper);
    var answers = new ArrayList<Answer>();
    keeper.keep(lease, HandOver.FOR_EVER);
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
      return switch (payload.of(taken, settlement.name())) {
        case Fetched.Payload its when its.readable().isPresent() && !job.itemResults() -> {
          var _ = settlement.fail(attempt, its.readable().get().missing());
          yield Optional.empty();
        }
        case Fetched.Payload its ->
            handle(
                new HandOver(job, host, lease, its, keeper, rate, wait, waits, answers),
                attempts.get(),
                settlement);
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
          settlement.release(signal.isStopping() ? Duration.ZERO : AwaitedPayload.LONGEST_PAUSE);
          yield Optional.empty();
        }
        case Fetched.Refused(var message) -> {
          settlement.release(Duration.ZERO);
          yield Optional.of(new WorkerExit(Reason.STORE_REFUSED, message));
        }
      };
    } catch (StoreRefusedException e) {
      settlement.release(Duration.ZERO);
      return Optional.of(
          new WorkerExit(Reason.STORE_REFUSED, "A result can't be written: " + e.getMessage()));
    } finally {
      keeper.letGo();
      answers.forEach(Answer::close);
    }
  }

  /** Has a batch handled, and those of its items that fail alone as often as they may be. */
  private Optional<WorkerExit> handle(HandOver handOver, Attempts attempts, Settlement settlement)
      throws HostStartException, InterruptedException {
    var attempt = attempts.next();
    var began = System.nanoTime();
    next.begin(handOver.lease(), attempts);
    try {
      return switch (later.call(handOver, attempts, settlement)) {
        case LaterCalls.Came.Left(var exit) -> exit;
        case LaterCalls.Came.Answered(Answer.Items items) ->
            retries.after(items, attempt, handOver, settlement);
        case LaterCalls.Came.Answered(var answer) -> consequences.of(settlement, attempt, answer);
      };
    } finally {
      next.took(System.nanoTime() - began);
    }
  }
}
