package dev.batchapi.operator.job.observe;

import java.util.Optional;

/** What became of an ended job's results and errors. */
public sealed interface JobResults {

  /** They are being read and written: the job is not finished before it is known. */
  record Pending() implements JobResults {}

  /**
   * The name is still taken by what an earlier BatchJob of the same name has left: Kubernetes'
   * garbage collection removes it.
   */
  record Waiting() implements JobResults {}

  /**
   * They are in a ConfigMap.
   *
   * @param remark what a reader of it should know
   */
  record Written(String configMap, Optional<String> remark) implements JobResults {}

  /**
   * They are in no ConfigMap, and will be in none.
   *
   * @param why in sentences for people, with the way out
   */
  record Kept(String why) implements JobResults {}
}
