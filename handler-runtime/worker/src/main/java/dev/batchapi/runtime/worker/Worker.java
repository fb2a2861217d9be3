package dev.batchapi.runtime.worker;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.WorkQueue;
import dev.batchapi.runtime.worker.WorkerExit.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Works for one job until it ends: lease a batch, hand it to the host, commit its outcome.
 *
 * <p>{@link #run} is called once, by the worker's own thread; {@link #stop} and {@link #abandon} by
 * any other.
 */
public final class Worker {
  private static final Logger log = LoggerFactory.getLogger("dev.batchapi.worker");
  private static final Duration LEASE_WAIT = Duration.ofSeconds(5);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** What a handed-over batch may take beyond its timeout: the host is ended and waited for. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  /**
   * What a worker is told of its job.
   *
   * @param jobId the BatchJob's uid; prefix of the batch ids
   * @param jobName for log lines
   * @param retry when a batch is tried again
   * @param batchTimeout how long one attempt may take; empty without a limit
   */
  public record Assignment(
      String jobId, String jobName, Retry retry, Optional<Duration> batchTimeout) {

    public static Assignment of(RunSpec run) {
      var retry = run.retry();
      return new Assignment(
          run.job().uid(),
          run.job().name(),
          new Retry(
              retry.maxAttempts(),
              Duration.ofSeconds(retry.initialBackoffSeconds()),
              Duration.ofSeconds(retry.maxBackoffSeconds()),
              Retry.DEFAULT_MAX_LOSSES),
          Optional.ofNullable(run.timeouts().batchSeconds()).map(Duration::ofSeconds));
    }
  }

  private final Assignment job;
  private final WorkQueue queue;
  private final HostSource hosts;
  private final Pause pause = new Pause();
  private final ProcessHealth health = new ProcessHealth();
  private @Nullable Thread runner;
  private boolean interruptible;
  private volatile boolean stopping;
  private volatile boolean abandoned;
  private volatile @Nullable Host host;
  private String howHostEnded = "The handler's process ended between two batches.";

  public Worker(Assignment job, WorkQueue queue, HostSource hosts) {
    this.job = job;
    this.queue = queue;
    this.hosts = hosts;
  }

  /** Works until the job ends, the worker is stopped, or it can't go on. */
  public WorkerExit run() {
    synchronized (this) {
      runner = Thread.currentThread();
    }
    try (var keeper = new LeaseKeeper(queue.leaseDuration())) {
      while (true) {
        var exit = turn(keeper);
        if (exit.isPresent()) {
          return exit.get();
        }
      }
    } catch (HostStartException e) {
      var reason =
          switch (e.kind()) {
            case INVALID -> Reason.HANDLER_INVALID;
            case BROKEN -> Reason.HANDLER_BROKEN;
            case ABSENT -> Reason.HOST_ABSENT;
          };
      return new WorkerExit(reason, e.lastWords());
    } catch (QueueAccessException e) {
      return new WorkerExit(Reason.QUEUE_REFUSED, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      return new WorkerExit(Reason.DONE, "stopped");
    } catch (RuntimeException e) {
      log.error("the worker can't go on", e);
      return new WorkerExit(Reason.UNEXPECTED, "The worker can't go on: " + e);
    } finally {
      var last = host;
      if (last != null) {
        last.close();
      }
    }
  }

  /** Lets the batch in hand finish, then ends the worker. */
  public synchronized void stop() {
    stopping = true;
    pause.end();
    if (interruptible && runner != null) {
      runner.interrupt();
    }
  }

  /** Ends the worker at once: the batch in hand is given back, its host ended. */
  public void abandon() {
    abandoned = true;
    stop();
    var current = host;
    if (current != null) {
      current.kill();
    }
  }

  /** One turn of the loop: empty to go on. */
  private Optional<WorkerExit> turn(LeaseKeeper keeper)
      throws HostStartException, InterruptedException {
    if (stopping) {
      return Optional.of(new WorkerExit(Reason.DONE, "stopped"));
    }
    if (host != null && (!host.alive() || health.why().isPresent())) {
      var exit = part(host);
      if (exit.isPresent()) {
        return exit;
      }
    }
    var current = host;
    if (current == null) {
      current = interruptibly(hosts::start);
      host = current;
      health.started(current.construction(), System.nanoTime());
    }
    try {
      var lease = interruptibly(() -> queue.lease(LEASE_WAIT));
      if (lease.isPresent()) {
        pause.reset();
        return handle(current, lease.get(), keeper);
      }
      var end = queue.ended();
      return end.map(e -> new WorkerExit(Reason.DONE, "the job has ended: " + e.verdict()));
    } catch (QueueUnavailableException e) {
      log.warn("the queue can't be reached: {}", e.getMessage());
      pause.take();
      return Optional.empty();
    }
  }

  /** Leaves a host that has ended, or is to be replaced; an exit if no other can follow it. */
  private Optional<WorkerExit> part(Host last) {
    var why = health.why();
    var another =
        hosts.canRestart() || (last.alive() && last.replaceable() && !health.isHopelessHere());
    if (!last.alive()) {
      last.close();
    } else {
      howHostEnded = "The handler's process is replaced: %s.".formatted(why.orElse("it ended"));
      log.atLevel(health.isSuspected() ? Level.WARN : Level.INFO)
          .addKeyValue("job", job.jobName)
          .log(howHostEnded);
      if (another) {
        last.replace();
      }
    }
    if (!another) {
      return Optional.of(new WorkerExit(Reason.HOST_ENDED, howHostEnded));
    }
    host = null;
    return Optional.empty();
  }

  private Optional<WorkerExit> handle(Host current, Lease lease, LeaseKeeper keeper) {
    keeper.keep(lease, FOR_EVER);
    try {
      var attempts = insist(lease::attempts);
      if (attempts == null) {
        return Optional.empty();
      }
      var hopeless = job.retry.beforeAttempt(attempts);
      if (hopeless.isPresent()) {
        commit(lease, Outcome.failed(Math.max(1, attempts.failures()), hopeless.get()));
        return Optional.empty();
      }
      switch (health.placeFor(lease.index(), job.retry.isLast(attempts), System.nanoTime())) {
        case ProcessHealth.Place.Here _ -> {}
        case ProcessHealth.Place.Elsewhere(var delay) -> {
          giveBack(lease, delay);
          return Optional.empty();
        }
        case ProcessHealth.Place.Fresh _ -> {
          giveBack(lease, Duration.ZERO);
          return Optional.empty();
        }
      }
      var attempt = attempts.next();
      // From here, for what came before was no time of the handler's.
      var deadline = job.batchTimeout.map(t -> Instant.now().plus(t));
      keeper.keep(lease, job.batchTimeout.map(t -> t.plus(SLACK)).orElse(FOR_EVER));
      var answer =
          lease.index() == Lease.COMPLETION
              ? current.complete(deadline, lease.payload())
              : current.handle(
                  job.jobId + "-" + lease.index(),
                  lease.index(),
                  attempt,
                  deadline,
                  lease.payload());
      return switch (answer) {
        case Answer.Result result -> {
          health.succeeded();
          commit(lease, Outcome.succeeded(attempt, result.json()));
          yield Optional.empty();
        }
        case Answer.Failed failed -> {
          health.failed(lease.index(), failed(lease, attempt, failed.error()));
          yield Optional.empty();
        }
        case Answer.Broke broke -> {
          health.broke(summary(broke.error()));
          var _ = failed(lease, attempt, broke.error());
          yield Optional.empty();
        }
        case Answer.TimedOut _ -> {
          howHostEnded = inBatch("was ended by timeouts.batchSeconds", lease, attempt);
          var _ =
              failed(
                  lease,
                  attempt,
                  BatchError.of(
                      BatchError.Reason.BatchTimedOut,
                      "The batch took longer than timeouts.batchSeconds allows (%d s); its handler's process was ended."
                          .formatted(job.batchTimeout.orElseThrow().toSeconds())));
          yield Optional.empty();
        }
        case Answer.Died _ when abandoned -> release(lease);
        case Answer.Died died -> {
          howHostEnded = inBatch("ended", lease, attempt);
          var _ = failed(lease, attempt, BatchError.of(BatchError.Reason.HandlerDied, died.how()));
          yield Optional.empty();
        }
        case Answer.NeverStarted _ when abandoned -> release(lease);
        case Answer.NeverStarted never -> {
          log.warn("{}", never.how());
          release(lease);
          yield Optional.empty();
        }
      };
    } finally {
      keeper.letGo();
    }
  }

  private static String inBatch(String what, Lease lease, int attempt) {
    return "The handler's process %s in %s, attempt %d.".formatted(what, name(lease), attempt);
  }

  private static String name(Lease lease) {
    return lease.index() == Lease.COMPLETION ? "on_job_complete" : "batch " + lease.index();
  }

  private void commit(Lease lease, Outcome outcome) {
    var first = insist(() -> lease.commit(outcome));
    if (Boolean.FALSE.equals(first)) {
      log(Level.INFO, lease, outcome.attempts(), "another worker's outcome was first");
    }
  }

  /** Records a failed attempt; whether the batch is tried again, as far as this worker knows. */
  private boolean failed(Lease lease, int attempt, BatchError error) {
    if (lease.mayHaveExpired()) {
      // Another worker may hold it by now: it will find this delivery without a verdict.
      log(Level.WARN, lease, attempt, "failed after its lease ran out: " + error.message());
      return true;
    }
    var attempts = insist(() -> lease.recordFailure(error));
    if (attempts == null) {
      return true;
    }
    return switch (job.retry.afterFailure(attempts, error)) {
      case Retry.Verdict.GiveUp(var last) -> {
        log(Level.WARN, lease, attempt, "failed for good: " + summary(last));
        // None if another worker has counted this attempt as lost already.
        commit(lease, Outcome.failed(Math.max(1, attempts.failures()), last));
        yield false;
      }
      case Retry.Verdict.Again(var delay) -> {
        log(
            Level.INFO,
            lease,
            attempt,
            "failed, again in %.1f s: %s".formatted(delay.toMillis() / 1000.0, summary(error)));
        insist(
            () -> {
              lease.giveBack(delay);
              return true;
            });
        yield true;
      }
    };
  }

  /** Leaves a batch that no attempt was made of to whoever takes it next. */
  private static void giveBack(Lease lease, Duration delay) {
    if (!lease.mayHaveExpired()) {
      try {
        lease.recordRelease();
        lease.giveBack(delay);
      } catch (QueueUnavailableException e) {
        log.warn("a batch could not be given back, its lease will run out: {}", e.getMessage());
      }
    }
  }

  private Optional<WorkerExit> release(Lease lease) {
    giveBack(lease, Duration.ZERO);
    return abandoned
        ? Optional.of(
            new WorkerExit(
                Reason.RELEASED, "stopped; batch %d was given back".formatted(lease.index())))
        : Optional.empty();
  }

  /** Calls the queue until it answers; null if the worker is abandoned before. */
  private <T> @Nullable T insist(Supplier<T> call) {
    while (true) {
      try {
        var answer = call.get();
        pause.reset();
        return answer;
      } catch (QueueUnavailableException e) {
        if (abandoned) {
          return null;
        }
        log.warn("the queue can't be reached, its answer is waited for: {}", e.getMessage());
        try {
          pause.take();
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return null;
        }
      }
    }
  }

  private interface Interruptible<T, X extends Exception> {
    T call() throws X, InterruptedException;
  }

  /** Makes a waiting call end when the worker is stopped. */
  private <T, X extends Exception> T interruptibly(Interruptible<T, X> call)
      throws X, InterruptedException {
    synchronized (this) {
      if (stopping) {
        throw new InterruptedException();
      }
      interruptible = true;
    }
    try {
      return call.call();
    } finally {
      synchronized (this) {
        interruptible = false;
        if (stopping) {
          // A late interrupt must not hit the calls that end the worker in order.
          Thread.interrupted();
        }
      }
    }
  }

  private static String summary(BatchError error) {
    var type = error.type();
    return type == null ? error.message() : type + ": " + error.message();
  }

  private void log(Level level, Lease lease, int attempt, String message) {
    log.atLevel(level)
        .addKeyValue("job", job.jobName)
        .addKeyValue("batch", lease.index() == Lease.COMPLETION ? "on_job_complete" : lease.index())
        .addKeyValue("attempt", attempt)
        .log(message);
  }
}
