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

  /** The job can never run: its files are no input, or there is no way to find out. */
  record Bad(Reason reason, String message) implements SplitResult {}
}
