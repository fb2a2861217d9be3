package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobEntry;
import dev.batchapi.operator.pod.Labels;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Creates and deletes the BatchJobs of a BatchAPI's {@code jobs}; never touches another's. */
final class Submission {
  private static final int UNPROCESSABLE = 422;

  private final BatchApi api;
  private final KubernetesClient client;

  Submission(BatchApi api, KubernetesClient client) {
    this.api = api;
    this.client = client;
  }

  /** What became of an entry. */
  sealed interface Result {}

  /** Its BatchJob is there. */
  record Submitted(BatchJob job, boolean now) implements Result {}

  /** A BatchJob of its name is there, and somebody else's. */
  record NameTaken(String entry, String jobName) implements Result {}

  /** The API server does not take it. */
  record Refused(String entry, String words) implements Result {}

  /** A BatchJob of its name is on its way out. */
  record Later() implements Result {}

  Result submit(JobEntry entry) {
    var job = job(entry);
    try {
      return new Submitted(client.resource(job).create(), true);
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case HttpURLConnection.HTTP_CONFLICT -> existing(entry, job.getMetadata().getName());
        case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_FORBIDDEN, UNPROCESSABLE ->
            new Refused(entry.name(), DryRun.words(e));
        default -> throw e;
      };
    }
  }

  private Result existing(JobEntry entry, String name) {
    var existing = Optional.ofNullable(named(name).get());
    if (existing.isEmpty()) {
      return new Later();
    }
    if (!isOurs(existing.get())) {
      return new NameTaken(entry.name(), name);
    }
    return existing.get().isMarkedForDeletion()
        ? new Later()
        : new Submitted(existing.get(), false);
  }

  /** Deletes a BatchJob, if there is one and it is ours; whether it was. */
  boolean remove(String name) {
    var existing = named(name).get();
    if (existing == null || !isOurs(existing) || existing.isMarkedForDeletion()) {
      return false;
    }
    // Exactly this one: another of its name, made meanwhile, is not ours.
    return !client.resource(existing).lockResourceVersion().delete().isEmpty();
  }

  private Resource<BatchJob> named(String name) {
    return client
        .resources(BatchJob.class)
        .inNamespace(api.getMetadata().getNamespace())
        .withName(name);
  }

  private boolean isOurs(BatchJob job) {
    return isOf(api, job);
  }

  /** Whether a BatchJob was made for an entry of this very BatchAPI. */
  static boolean isOf(BatchApi api, BatchJob job) {
    return job.getMetadata().getOwnerReferences().stream()
        .anyMatch(
            owner ->
                Boolean.TRUE.equals(owner.getController())
                    && owner.getUid().equals(api.getMetadata().getUid()));
  }

  private BatchJob job(JobEntry entry) {
    var meta = api.getMetadata();
    var named = entry.toJob(meta.getNamespace(), meta.getName());
    var job = new BatchJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withName(named.name())
            .withNamespace(named.namespace())
            .withLabels(labels(meta.getName()))
            .withOwnerReferences(owner())
            .build());
    job.setSpec(named.spec());
    return job;
  }

  /** An entry has no labels of its own; the BatchAPI's for Kueue are meant for its jobs. */
  private Map<String, String> labels(String apiName) {
    var labels = new TreeMap<String, String>();
    labels.put(Labels.API, apiName);
    labels.put(Labels.MANAGED_BY, Labels.OPERATOR);
    var own = api.getMetadata().getLabels();
    if (own != null) {
      own.forEach(
          (name, value) -> {
            if (name.startsWith(Labels.KUEUE_PREFIX)) {
              labels.put(name, value);
            }
          });
    }
    return labels;
  }

  private OwnerReference owner() {
    return new OwnerReferenceBuilder()
        .withApiVersion(api.getApiVersion())
        .withKind(api.getKind())
        .withName(api.getMetadata().getName())
        .withUid(api.getMetadata().getUid())
        .withController(true)
        .build();
  }
}
