package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The Job of one worker: one pod, once. What follows when it ends is the operator's to decide, so
 * Kubernetes never tries again by itself. {@code spec.suspend} is Kueue's and never written.
 */
public final class WorkerJobs {
  private WorkerJobs() {}

  /**
   * A worker's Job.
   *
   * @param worker its place among the workers, from 0
   * @param attempt how many Jobs of this worker came before it
   * @param fruitless value of {@link Labels#FRUITLESS}
   * @param progress value of {@link Labels#PROGRESS}
   * @throws PodTemplateException if no pod can be made of the BatchAPI's settings
   */
  public static Job of(FrozenJob job, int worker, int attempt, int fruitless, int progress) {
    return KubernetesJson.model(tree(job, worker, attempt, fruitless, progress), Job.class);
  }

  /**
   * The first worker's Job, with the BatchAPI's template as its author wrote it: fields that this
   * operator does not know and values of a wrong type are still in it, for the API server to find.
   *
   * @throws PodTemplateException if no pod can be made of the BatchAPI's settings
   */
  public static GenericKubernetesResource asWritten(FrozenJob job) {
    return KubernetesJson.model(tree(job, 0, 0, 0, 0), GenericKubernetesResource.class);
  }

  private static ObjectNode tree(
      FrozenJob job, int worker, int attempt, int fruitless, int progress) {
    var labels = labels(job, worker);
    var tree =
        KubernetesJson.tree(
            new JobBuilder()
                .withNewMetadata()
                .withName(Names.workerJob(job.name(), worker, attempt))
                .withNamespace(job.namespace())
                .withLabels(labels)
                .addToAnnotations(Labels.FRUITLESS, Integer.toString(fruitless))
                .addToAnnotations(Labels.PROGRESS, Integer.toString(progress))
                .withOwnerReferences(job.owner())
                .endMetadata()
                .withNewSpec()
                .withParallelism(1)
                .withCompletions(1)
                .withBackoffLimit(0)
                .endSpec()
                .build());
    tree.withObject("/spec").set("template", WorkerPod.of(job, labels));
    return tree;
  }

  private static Map<String, String> labels(FrozenJob job, int worker) {
    var labels =
        new LinkedHashMap<>(Labels.ofJob(job.run().job().apiName(), job.name(), job.uid()));
    labels.put(Labels.WORKER, Integer.toString(worker));
    labels.putAll(job.pod().labels());
    return labels;
  }
}
