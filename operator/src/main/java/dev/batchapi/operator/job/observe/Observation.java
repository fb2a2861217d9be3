package dev.batchapi.operator.job.observe;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An accepted job as it is at one moment.
 *
 * @param job as read from the API server; never to be changed
 * @param frozen as it was accepted
 * @param workers their Jobs and pods
 * @param counts what the ledger says; empty if it can't be asked now
 * @param queueTrouble why not
 * @param enqueuing how far the publishing of batches is
 * @param failures the first that failed, at most ten, by index
 * @param waiting that its workers wait most of the time, by their own words
 * @param storeTrouble why workers wait for a store, in its words; empty: none says so
 * @param now the moment
 */
public record Observation(
    BatchJob job,
    FrozenJob frozen,
    Workers workers,
    Optional<Counts> counts,
    Optional<String> queueTrouble,
    EnqueuingState enqueuing,
    List<BatchJobStatus.Failure> failures,
    Optional<Waiting> waiting,
    Optional<String> storeTrouble,
    Instant now) {

  /** The same moment, with what was learned of its workers. */
  public Observation with(Workers others) {
    return new Observation(
        job, frozen, others, counts, queueTrouble, enqueuing, failures, waiting, storeTrouble, now);
  }

  /** The same moment, with what was learned of its publishing. */
  public Observation with(EnqueuingState other) {
    return new Observation(
        job, frozen, workers, counts, queueTrouble, other, failures, waiting, storeTrouble, now);
  }

  /** The same moment, with what the ledger says after something was written to it. */
  public Observation with(Counts after, List<BatchJobStatus.Failure> failuresAfter) {
    return new Observation(
        job,
        frozen,
        workers,
        Optional.of(after),
        queueTrouble,
        enqueuing,
        failuresAfter,
        waiting,
        storeTrouble,
        now);
  }

  public int total() {
    return frozen.run().totalBatches();
  }

  /** URL of the folder that the results go to; null: none. */
  public @Nullable String outputPath() {
    var output = frozen.run().output();
    return output == null ? null : output.path();
  }

  public int allowedWorkers() {
    return isSuspended() ? 0 : Objects.requireNonNullElse(job.getSpec().workers(), 1);
  }

  /** How many workers can find work: no more than batches are left, one for the completion. */
  public int usefulWorkers() {
    return counts.map(c -> Math.max(1, total() - c.done())).orElse(total());
  }

  /** Whether every batch has its outcome, as far as the ledger can be asked. */
  public boolean isAllDone() {
    return counts.map(c -> c.done() >= total()).orElse(false);
  }

  public boolean isSuspended() {
    return Boolean.TRUE.equals(job.getSpec().suspend());
  }

  public boolean isCancelled() {
    return Boolean.TRUE.equals(job.getSpec().cancel());
  }

  /** Grows with everything that the job's workers get done: an outcome, an attempt that failed. */
  public int progress() {
    return counts.map(c -> c.done() + c.failedAttempts()).orElse(0);
  }

  /** The same as the status said it last. */
  private int toldProgress() {
    var before = before();
    if (before == null || before.batches() == null) {
      return 0;
    }
    return before.batches().succeeded()
        + before.batches().failed()
        + Objects.requireNonNullElse(before.failedAttempts(), 0);
  }

  public @Nullable BatchJobStatus before() {
    return job.getStatus();
  }

  public Instant acceptedTime() {
    return Instant.parse(frozen.run().job().startTime());
  }

  /** When the first worker was ready, since the job was last resumed. */
  public Optional<Instant> startTime() {
    if (isSuspended()) {
      return Optional.empty();
    }
    var before = before();
    if (before != null && before.startTime() != null) {
      return Optional.of(Instant.parse(before.startTime()));
    }
    // What was done before a suspension is no sign of a worker after it.
    var resumed = JobConditions.condition(before, JobConditions.SUSPENDED).isPresent();
    var worked = resumed ? workers.starting() > 0 && progress() > toldProgress() : progress() > 0;
    var started = workers.ready() > 0 || worked;
    return started ? Optional.of(now) : Optional.empty();
  }

  /** From when on the first worker is waited for: the acceptance, or the end of a suspension. */
  public Instant waitingSince() {
    return JobConditions.condition(before(), JobConditions.SUSPENDED)
        .map(c -> Instant.parse(c.lastTransitionTime()))
        .orElseGet(this::acceptedTime);
  }
}
