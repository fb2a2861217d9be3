package dev.batchapi.operator.pod;

import dev.batchapi.contract.RunSpec;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.nio.charset.StandardCharsets;

/**
 * A job as it was accepted.
 *
 * @param id the BatchJob
 * @param run what worker and handler are told
 * @param pod what their pods are made of
 * @param runJson the run as it is mounted
 * @param podJson the pod plan as it is kept
 */
public record FrozenJob(JobId id, RunSpec run, PodPlan pod, String runJson, String podJson) {

  public FrozenJob {
    var job = run.job();
    if (!new JobId(job.namespace(), job.name(), job.uid()).equals(id)) {
      throw new TamperedException(
          "The run is of BatchJob \"%s\" in namespace \"%s\" (%s), and not of \"%s\" in \"%s\" (%s)."
              .formatted(
                  job.name(), job.namespace(), job.uid(), id.name(), id.namespace(), id.uid()));
    }
  }

  /** Freezes a job. */
  public static FrozenJob of(JobId id, RunSpec run, PodPlan pod) {
    return new FrozenJob(
        id, run, pod, new String(run.toJson(), StandardCharsets.UTF_8), pod.toJson());
  }

  public String name() {
    return id.name();
  }

  public String namespace() {
    return id.namespace();
  }

  public String uid() {
    return id.uid();
  }

  /**
   * SHA-256 of all that was frozen, bound to this BatchJob: code, input and host are in the pod
   * plan by their digests. The BatchJob's status keeps it, which only the operator may write.
   */
  public String digest() {
    return digest(id, runJson, podJson);
  }

  static String digest(JobId id, String runJson, String podJson) {
    return Digest.hex(
        String.join(
            "\n", id.namespace(), id.name(), id.uid(), Digest.hex(runJson), Digest.hex(podJson)));
  }

  /** The SHA-256 of the run, by which a worker knows that what it finds mounted is its own. */
  public String runDigest() {
    return Digest.hex(runJson);
  }

  /** Owner of everything that is made for the job. */
  public OwnerReference owner() {
    return id.owner();
  }
}
