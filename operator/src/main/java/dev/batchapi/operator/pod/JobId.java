package dev.batchapi.operator.pod;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;

/**
 * Which BatchJob it is, by the API server's own word. Nothing else says where a job's objects are
 * made and whose they are: a run, a label or a name can be written by others.
 */
public record JobId(String namespace, String name, String uid) {

  /** Of the BatchJob as it was read from the API server. */
  public static JobId of(HasMetadata batchJob) {
    var meta = batchJob.getMetadata();
    return new JobId(meta.getNamespace(), meta.getName(), meta.getUid());
  }

  /** Owner of everything that is made for the job. */
  OwnerReference owner() {
    return new OwnerReferenceBuilder()
        .withApiVersion("batchapi.dev/v1alpha1")
        .withKind("BatchJob")
        .withName(name)
        .withUid(uid)
        .withController(true)
        .build();
  }
}
