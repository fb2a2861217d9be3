package dev.batchapi.operator.job.split;

import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.status.Reason;
import org.jspecify.annotations.Nullable;

/** How far a job is with what has to be known before it is accepted. */
public sealed interface SplitResult {

  /** Its batches are known, if it has files, and its output is its own. */
  record Done(SplitEnd end, FrozenSplit split) implements SplitResult {}

  /**
   * A splitter is at work, or will be.
   *
   * @param percent of its work that is done; null: nobody knows
   */
  record Underway(Reason reason, String message, @Nullable Integer percent) implements SplitResult {
    public Underway(Reason reason, String message) {
      this(reason, message, null);
    }
  }

  /**
   * The job can never run: its files are no input, its output is none, or nobody can tell.
   *
   * @param left whether the folder of its output is not taken for it, as far as a splitter knows
   * @param owner the job of this cluster that has taken it, as the folder says; null: none
   */
  record Bad(Reason reason, String message, boolean left, OutputFolder.@Nullable Owner owner)
      implements SplitResult {
    public Bad(Reason reason, String message) {
      this(reason, message, false, null);
    }
  }
}
