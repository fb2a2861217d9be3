package dev.batchapi.operator.job.split;

import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.status.Reason;

/** How far the splitting of a job's files is. */
public sealed interface SplitResult {

  /** Its batches are known. */
  record Done(SplitEnd end, FrozenSplit split) implements SplitResult {}

  /** A splitter is at work, or will be. */
  record Underway(Reason reason, String message) implements SplitResult {}

  /** The files are no input. */
  record Bad(String message) implements SplitResult {}
}
