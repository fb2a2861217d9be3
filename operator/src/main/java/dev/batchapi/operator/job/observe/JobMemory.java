package dev.batchapi.operator.job.observe;

import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Waiting;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this process remembers of a job from one reconcile to the next. Nothing of it is needed:
 * another process finds it again, or does without.
 */
public final class JobMemory {
  public @Nullable FrozenJob frozen;
  public @Nullable Instant statusWritten;
  public Optional<Trouble> refusal = Optional.empty();
  public final FailedBatches failedBatches = new FailedBatches();
  public final StoreWaits storeWaits = new StoreWaits();
  public final Seldom<Waiting> waiting = new Seldom<>();

  /** What its pods mount was made a moment ago, by this process. */
  public boolean made;

  /** Its workers were told that there is nothing left to do. */
  public boolean released;

  public boolean retired;
  public boolean revoked;
  public boolean measured;
  public boolean statsdTold;

  /** It has had a splitter before it was accepted, which may be gone. */
  public boolean hadSplitter;

  /** By their URLs: what its splitters were told to take for its output. */
  public final Set<String> folders = new LinkedHashSet<>();

  /** A job that is gone, whose folder its splitter may take over; null: none. */
  public OutputFolder.@Nullable Owner takesOverFrom;

  /**
   * Why a job will not run that may have taken the folder of its output, and gives it back first.
   *
   * @param since when that was found
   */
  public record Rejection(Reason reason, String message, Instant since) {}

  /** Null: it may run, as far as is known. */
  public @Nullable Rejection rejection;

  /** The job is over: only what is still to be done stays. */
  public void finished() {
    frozen = null;
    refusal = Optional.empty();
  }
}
