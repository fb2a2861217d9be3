package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.pod.FrozenJob;
import java.time.Instant;
import java.util.Optional;
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

  /** What its pods mount was made a moment ago, by this process. */
  public boolean made;

  /** Its workers were told that there is nothing left to do. */
  public boolean released;

  public boolean retired;
  public boolean revoked;
  public boolean measured;
  public boolean statsdTold;

  /** The job is over: only what is still to be done stays. */
  public void finished() {
    frozen = null;
    refusal = Optional.empty();
  }
}
