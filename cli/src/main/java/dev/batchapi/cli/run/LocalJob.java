package dev.batchapi.cli.run;

import dev.batchapi.contract.LossPolicy.Loss;
import dev.batchapi.data.input.Input;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.ItemCounts;
import dev.batchapi.queue.NextStep;
import dev.batchapi.queue.Summary;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.Assignment;
import dev.batchapi.runtime.worker.Host;
import dev.batchapi.runtime.worker.HostSource;
import dev.batchapi.runtime.worker.HostStartException;
import dev.batchapi.runtime.worker.LargeResults;
import dev.batchapi.runtime.worker.Waits;
import dev.batchapi.runtime.worker.Worker;
import dev.batchapi.runtime.worker.WorkerExit;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Owns one job from its first batch to its end record, as the operator does in a cluster: enqueue,
 * keep workers at work, decide by the counts, end.
 */
final class LocalJob {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final Assignment assignment;
  private final Plan plan;
  private final MemoryQueue ledger;
  private final Progress progress;
  private final WorkerPool pool;
  private final LostWorkers lostWorkers = new LostWorkers();
  private final InputBatches batches;
  private final Semaphore changed = new Semaphore(0);
  private final Queue<Waits> waits = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Instant firstReady;

  /**
   * What is to be done.
   *
   * @param workers how many
   * @param input the batches
   * @param maxFailedBatches more end the job early; null for no limit
   * @param maxFailedItems the same for items
   * @param runTime how long it may take from the first ready worker on; empty for no limit
   * @param large where results go that are large
   * @param output where the results will be, as {@code on_job_complete} is told; null for no folder
   */
  record Plan(
      int workers,
      Input input,
      @Nullable Integer maxFailedBatches,
      @Nullable Integer maxFailedItems,
      Optional<Duration> runTime,
      LargeResults large,
      @Nullable String output) {}

  /**
   * Starts nothing yet.
   *
   * @param hosts of each worker, by its number from 0
   */
  LocalJob(
      Assignment assignment,
      Plan plan,
      MemoryQueue ledger,
      IntFunction<HostSource> hosts,
      Progress progress) {
    this.assignment = assignment;
    this.plan = plan;
    this.ledger = ledger;
    this.progress = progress;
    this.batches = new InputBatches(plan.input);
    this.pool =
        new WorkerPool(
            slot -> {
              lostWorkers.starting(slot, progressMade());
              var worker =
                  new Worker(
                      assignment,
                      ledger.worker(assignment.jobId()),
                      noting(slot, hosts.apply(slot)),
                      batches,
                      plan.large);
              waits.add(worker.waits());
              return worker;
            },
            this::afterExit);
  }

  /** Runs the job to its end, which is also written to the ledger. */
  End run() throws InterruptedException {
    try (var _ = ledger.onChange(job -> changed.release())) {
      ledger.enqueue(assignment.jobId(), batches);
      var counts = ledger.counts(assignment.jobId());
      if (!(nextStep(counts) instanceof NextStep.Finish)) {
        pool.start(Math.clamp(plan.input.count() - counts.done(), 1, plan.workers));
      }
      var end = follow();
      ledger.retire(assignment.jobId());
      if (end.verdict().isOfAllBatches()) {
        pool.join();
      } else {
        pool.stop();
      }
      return end;
    } catch (RuntimeException | Error e) {
      died(Thread.currentThread(), e);
      ledger.retire(assignment.jobId());
      pool.stop();
      throw e;
    } finally {
      progress.clear();
    }
  }

  /** How long batches have waited, of each worker that there was. */
  Collection<Waits> waits() {
    return waits;
  }

  /** Ends the job from outside; the first end stays. */
  End end(Verdict verdict, String message) {
    return ledger.end(assignment.jobId(), new End(verdict, message, Instant.now()));
  }

  /** A thread of this process ended by a fault: nobody does its part of the job any more. */
  void died(Thread thread, Throwable fault) {
    var advice =
        fault instanceof OutOfMemoryError
            ? " Give it more memory, as with BATCHAPI_JAVA_OPTS=-Xmx4g, or use fewer workers."
            : " This is a fault of batchapi's and not of the handler's.";
    end(
        Verdict.WorkersFailed,
        "The program itself could not go on (%s, in its thread %s).%s"
            .formatted(fault, thread.getName(), advice));
  }

  /** Of a batch that waits for its next attempt: in the queue, or in a worker's hands. */
  private Duration longestWait() {
    return Stream.concat(
            Stream.of(ledger.longestDelay(assignment.jobId())), waits.stream().map(Waits::holds))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private End follow() throws InterruptedException {
    var completing = false;
    while (true) {
      changed.drainPermits();
      var counts = ledger.counts(assignment.jobId());
      progress.show(counts, longestWait(), System.nanoTime());
      if (counts.end().isPresent()) {
        return counts.end().get();
      }
      switch (nextStep(counts)) {
        case NextStep.KeepGoing _ -> {}
        case NextStep.RunCompletion _ -> {
          if (!completing) {
            ledger.enqueueCompletion(assignment.jobId(), summary(counts));
            completing = true;
          }
        }
        case NextStep.Finish(var verdict, var message) -> end(verdict, message);
      }
      if (overdue()) {
        end(
            Verdict.DeadlineExceeded,
            "The job took longer than timeouts.runSeconds allows (%d s)."
                .formatted(plan.runTime.orElseThrow().toSeconds()));
      }
      var _ = changed.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private NextStep nextStep(Counts counts) {
    return NextStep.of(
        counts,
        items(counts),
        plan.input.count(),
        plan.maxFailedBatches,
        plan.maxFailedItems,
        assignment.retry().maxAttempts());
  }

  private ItemCounts items(Counts counts) {
    return ItemCounts.of(counts, plan.input.items(), plan.input.batchSize());
  }

  private boolean overdue() {
    var since = firstReady;
    return since != null
        && plan.runTime.map(t -> Instant.now().isAfter(since.plus(t))).orElse(false);
  }

  private byte[] summary(Counts counts) {
    return Summary.of(
        assignment.jobId(), plan.input.count(), counts, items(counts), ledger, plan.output);
  }

  private Optional<Duration> afterExit(int slot, WorkerExit exit) {
    return switch (exit.reason()) {
      case DONE, RELEASED -> {
        lostWorkers.left(slot);
        yield Optional.empty();
      }
      case HANDLER_INVALID -> {
        end(Verdict.HandlerInvalid, exit.message());
        yield Optional.empty();
      }
      case UNEXPECTED, STORE_REFUSED -> {
        // The next worker would be a thread of this process too, with the same disk and memory.
        end(Verdict.WorkersFailed, exit.message());
        yield Optional.empty();
      }
      case HANDLER_BROKEN, HOST_ENDED, HOST_ABSENT, QUEUE_REFUSED, TAMPERED -> {
        var loss =
            exit.reason() == WorkerExit.Reason.HANDLER_BROKEN ? Loss.CONSTRUCTION : Loss.RUNNING;
        var again = lostWorkers.lost(slot, loss, progressMade());
        if (again.isEmpty()) {
          end(Verdict.WorkersFailed, exit.message());
        }
        yield again;
      }
    };
  }

  /** Grows with everything that the workers get done. */
  private int progressMade() {
    var counts = ledger.counts(assignment.jobId());
    return counts.done() + counts.failedAttempts();
  }

  /** The same hosts; the first one that is ready starts the clock of the run. */
  private HostSource noting(int slot, HostSource hosts) {
    return new HostSource() {
      @Override
      public Host start() throws HostStartException, InterruptedException {
        var host = hosts.start();
        lostWorkers.ready(slot);
        synchronized (LocalJob.this) {
          if (firstReady == null) {
            firstReady = Instant.now();
          }
        }
        return host;
      }

      @Override
      public boolean canRestart() {
        return hosts.canRestart();
      }
    };
  }
}
