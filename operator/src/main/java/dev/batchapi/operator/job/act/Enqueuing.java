package dev.batchapi.operator.job.act;

import dev.batchapi.operator.job.accept.WorkShares;
import dev.batchapi.operator.job.observe.EnqueuingState;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the batches of jobs, a few jobs at a time and beside everything else: many batches take
 * their time, and meanwhile a job must be able to be cancelled. A large job's follow as work is
 * done. What is missing is published again every minute, and at once when the streams are not the
 * ones that were.
 */
public final class Enqueuing {
  private static final Logger LOG = LoggerFactory.getLogger(Enqueuing.class);

  public static final Duration REPEAT = Duration.ofMinutes(1);
  public static final Duration RETRY = Duration.ofSeconds(2);

  /** A small job's batches are there in this time: no second reconcile is needed for them. */
  private static final long PATIENCE_MILLIS = 100;

  private static final class Entry {
    CompletableFuture<EnqueuingState> last =
        CompletableFuture.completedFuture(new EnqueuingState.Running());
    volatile EnqueuingState finished = new EnqueuingState.Running();
    volatile int refillAt = Integer.MAX_VALUE;
    boolean once;
    long startedNanos;
    long epoch;
  }

  private final Map<String, Entry> jobs = new ConcurrentHashMap<>();
  private final Executor executor;
  private final WorkShares shares;
  private final LongSupplier nanoTime;
  private final Consumer<String> changed;

  /**
   * Who asks for it.
   *
   * @param uid of the job
   * @param workers that it has at most
   * @param suspended whether it is to have none now
   * @param lease on which they count, since the job's acceptance
   */
  public record Asker(
      String uid, String namespace, int workers, boolean suspended, Duration lease) {}

  /**
   * @param executor runs what may take long; how many at a time bounds how much is in memory
   * @param changed is told when a job's state has changed later than {@link #ensure} returned
   */
  public Enqueuing(
      Executor executor, WorkShares shares, LongSupplier nanoTime, Consumer<String> changed) {
    this.executor = executor;
    this.shares = shares;
    this.nanoTime = nanoTime;
    this.changed = changed;
  }

  /**
   * Starts the publishing if it is due, and says how far it is. One caller per job at a time.
   *
   * @param done batches of the job that are done
   */
  public EnqueuingState ensure(Asker job, Batches batches, Ledger ledger, int done)
      throws InterruptedException {
    var entry = jobs.computeIfAbsent(job.uid(), id -> new Entry());
    if (job.suspended() && !entry.once && done == 0) {
      return new EnqueuingState.Held();
    }
    if (entry.last.isDone() && (isDue(entry, ledger.epoch()) || done >= entry.refillAt)) {
      entry.startedNanos = nanoTime.getAsLong();
      entry.epoch = ledger.epoch();
      entry.once = true;
      entry.refillAt = Integer.MAX_VALUE;
      var next =
          CompletableFuture.supplyAsync(() -> publish(job, batches, ledger, entry), executor);
      entry.last = next.thenApply(state -> entry.finished = state);
      if (!isDoneSoon(entry.last)) {
        var _ = entry.last.thenRun(() -> changed.accept(job.uid()));
      }
    }
    return entry.finished;
  }

  /** How far it is, without starting anything. While it goes on again: what was before. */
  public EnqueuingState state(String job) {
    var entry = jobs.get(job);
    return entry == null ? new EnqueuingState.Running() : entry.finished;
  }

  public void forget(String job) {
    jobs.remove(job);
    shares.forget(job);
  }

  private boolean isDue(Entry entry, long epoch) {
    if (!entry.once || entry.epoch != epoch) {
      return true;
    }
    var since = Duration.ofNanos(nanoTime.getAsLong() - entry.startedNanos);
    var wait = entry.finished instanceof EnqueuingState.Failed ? RETRY : REPEAT;
    return since.compareTo(wait) >= 0;
  }

  private static boolean isDoneSoon(CompletableFuture<EnqueuingState> publishing)
      throws InterruptedException {
    try {
      publishing.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private EnqueuingState publish(Asker job, Batches batches, Ledger ledger, Entry entry) {
    if (jobs.get(job.uid()) != entry) {
      return entry.finished; // the job has ended while this waited for its turn
    }
    try {
      var window = shares.window(job.uid(), job.namespace(), job.workers());
      var enqueued = ledger.enqueue(job.uid(), batches, window, job.lease());
      shares.has(job.uid(), enqueued.waiting());
      entry.refillAt = enqueued.refillAt();
      LOG.debug("Job {}: {}", job.uid(), enqueued);
      return new EnqueuingState.Done();
    } catch (TamperedException e) {
      return new EnqueuingState.Tampered(String.valueOf(e.getMessage()));
    } catch (QueueFullException e) {
      return new EnqueuingState.Failed(Reason.QueueFull, String.valueOf(e.getMessage()));
    } catch (QueueUnavailableException e) {
      return new EnqueuingState.Failed(Reason.QueueUnavailable, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("The batches of job {} could not be put into the queue.", job.uid(), e);
      return new EnqueuingState.Failed(Reason.EnqueueFailed, String.valueOf(e.getMessage()));
    }
  }
}
