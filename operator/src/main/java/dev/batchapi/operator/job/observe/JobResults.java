package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.status.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
   * They are being written to the folder of the job's output, or will be.
   *
   * @param reason of the condition that says so
   * @param message for people
   * @param percent of them that is written; null: nobody knows
   */
  record Collecting(Reason reason, String message, @Nullable Integer percent)
      implements JobResults {
    public Collecting(Reason reason, String message) {
      this(reason, message, null);
    }
  }

  /**
   * They are in the folder of the job's output.
   *
   * @param path the folder's URL
   * @param files how many, without the manifest
   * @param bytes in them
   * @param remark what a reader of it should know
   */
  record Collected(String path, int files, long bytes, Optional<String> remark)
      implements JobResults {}

  /**
   * They are not in the folder of the job's output, and never will be.
   *
   * @param why in sentences for people
   */
  record NotCollected(String why) implements JobResults {}

  /**
   * They are in no ConfigMap, and will be in none.
   *
   * @param why in sentences for people, with the way out
   */
  record Kept(String why) implements JobResults {}
}
