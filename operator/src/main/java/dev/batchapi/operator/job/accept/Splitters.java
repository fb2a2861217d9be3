package dev.batchapi.operator.job.accept;

import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.pod.ProgramPlan;

/** Has the files of the one job that is to be accepted split, and its output looked at. */
public interface Splitters {
  SplitResult next(ProgramPlan plan);

  /** None is to run for now. */
  void hold();
}
