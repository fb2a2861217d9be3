package dev.batchapi.operator.job.accept;

import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.pod.SplitPlan;

/** Has the files of the one job that is to be accepted split. */
@FunctionalInterface
public interface Splitters {
  SplitResult next(SplitPlan plan);
}
