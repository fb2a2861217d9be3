package dev.batchapi.operator.job;

import dev.batchapi.operator.pod.FrozenJob;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this process remembers of a job from one reconcile to the next. Nothing of it is needed:
 * another process finds it again, or does without.
 */
final class JobMemory {
  @Nullable FrozenJob frozen;
  @Nullable Instant statusWritten;
  Optional<Trouble> refusal = Optional.empty();
  final FailedBatches failedBatches = new FailedBatches();

  /** What its pods mount was made a moment ago, by this process. */
  boolean made;

  boolean retired;
  boolean revoked;
  boolean measured;
  boolean statsdTold;

  /** The job is over: only what is still to be done stays. */
  void finished() {
    frozen = null;
    refusal = Optional.empty();
  }
}
