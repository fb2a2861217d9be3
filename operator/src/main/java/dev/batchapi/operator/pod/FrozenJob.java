package dev.batchapi.operator.pod;

import dev.batchapi.crds.run.RunSpec;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.nio.charset.StandardCharsets;

/**
 * A job as it was accepted.
 *
 * @param run what worker and handler are told
 * @param pod what their pods are made of
 * @param runJson the run as it is mounted
 */
public record FrozenJob(RunSpec run, PodPlan pod, String runJson) {

  /** Freezes a job. */
  public static FrozenJob of(RunSpec run, PodPlan pod) {
    return new FrozenJob(run, pod, new String(run.toJson(), StandardCharsets.UTF_8));
  }

  public String name() {
    return run.job().name();
  }

  public String namespace() {
    return run.job().namespace();
  }

  public String uid() {
    return run.job().uid();
  }

  /** The SHA-256 of the run, by which a worker knows that what it finds mounted is its own. */
  public String runDigest() {
    return Digest.hex(runJson);
  }

  /** Owner of everything that is made for the job. */
  public OwnerReference owner() {
    return new OwnerReferenceBuilder()
        .withApiVersion("batchapi.dev/v1alpha1")
        .withKind("BatchJob")
        .withName(name())
        .withUid(uid())
        .withController(true)
        .build();
  }
}
