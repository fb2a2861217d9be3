package dev.batchapi.operator.job.accept;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.RerunInput;
import dev.batchapi.operator.job.accept.Acceptance.Rejected;
import dev.batchapi.operator.job.accept.Acceptance.Waiting;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;

/**
 * The job some of whose items are run again. It is one of the same namespace, and believed as far
 * as its status is, which only the operator writes.
 *
 * @param job as it is now
 * @param frozen as it was accepted
 * @param of which of its items
 */
record EarlierJob(BatchJob job, FrozenJob frozen, RerunInput.Of of) {
  /**
   * Finds it.
   *
   * @throws Stop if it has not finished, or can't be run again
   */
  static EarlierJob of(
      BatchJob rerun, RerunInput input, FrozenStore store, KubernetesClient client) {
    var namespace = rerun.getMetadata().getNamespace();
    var found = client.resources(BatchJob.class).inNamespace(namespace).withName(input.job()).get();
    if (found == null || found.getMetadata().getDeletionTimestamp() != null) {
      throw impossible(
          "BatchJob \"%s\" is not in namespace \"%s\". What is known of a job goes with its BatchJob"
              .formatted(input.job(), namespace));
    }
    if (found.getMetadata().getUid().equals(rerun.getMetadata().getUid())) {
      throw impossible("The job names itself");
    }
    if (!found.getSpec().apiName().equals(rerun.getSpec().apiName())) {
      throw impossible(
          "BatchJob \"%s\" is one of BatchAPI \"%s\", and this one of \"%s\": only jobs of the same BatchAPI are run again"
              .formatted(input.job(), found.getSpec().apiName(), rerun.getSpec().apiName()));
    }
    var status = found.getStatus();
    if (!JobConditions.isFinished(status)) {
      throw new Stop(
          new Waiting(
              Reason.EarlierJobUnfinished,
              "BatchJob \"%s\" has not finished; this one is accepted when it has."
                  .formatted(input.job())));
    }
    check(input.job(), status);
    try {
      return new EarlierJob(found, store.readRun(found, client), input.chosen());
    } catch (TamperedException e) {
      throw impossible(
          "What was kept of BatchJob \"%s\" is not as it was: %s"
              .formatted(input.job(), withoutDot(String.valueOf(e.getMessage()))));
    }
  }

  private static void check(String name, BatchJobStatus status) {
    if (status.acceptedTime() == null || status.batches() == null) {
      throw impossible("BatchJob \"%s\" was never accepted, and has no batches".formatted(name));
    }
    JobConditions.condition(status, JobConditions.FINISHED)
        .filter(JobConditions::isWithoutRecord)
        .ifPresent(
            finished -> {
              throw impossible(
                  "BatchJob \"%s\" ended as %s: what the queue had of it can't be believed"
                      .formatted(name, finished.reason()));
            });
  }

  String name() {
    return frozen.name();
  }

  /** What its status said of its batches at its end. */
  BatchJobStatus.Batches batches() {
    return Objects.requireNonNull(job.getStatus().batches());
  }

  RunSpec.Rerun rerun() {
    return new RunSpec.Rerun(frozen.name(), frozen.uid());
  }

  private static Stop impossible(String why) {
    return new Stop(new Rejected(Reason.RerunImpossible, impossibleBecause(why)));
  }

  /** With the way out. */
  static String impossibleBecause(String why) {
    return why
        + ": submit a job over the items themselves, such as those that errors.jsonl of its results has as payload, or run them with batchapi run on a laptop, where --resume FOLDER/ --retry-failed repeats what failed.";
  }

  private static String withoutDot(String words) {
    return words.endsWith(".") ? words.substring(0, words.length() - 1) : words;
  }
}
