package dev.batchapi.operator.kube;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.JobInput;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.LinkedHashMap;
import java.util.Set;

/**
 * Caches without what no reconciler reads. Finished jobs stay for as long as people want, and a
 * cluster has thousands of them; whole, a pod alone takes 30 KiB and a list of items a megabyte.
 */
public final class Trimmed {
  /** How many objects are read at once when a cache is filled: these are whole for a moment. */
  public static final long PAGE = 50;

  /** In place of a pod's own annotations: the name of its node, once it has one. */
  public static final String NODE = "node";

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final Set<String> POD_CONDITIONS =
      Set.of("PodScheduled", "PodReadyToStartContainers", "Ready", "DisruptionTarget");

  private Trimmed() {}

  /** BatchJobs without their items: see {@link #hasInput}. */
  public static final class BatchJobs extends TransformingItemStore<BatchJob> {
    public BatchJobs() {
      super(job -> withoutBookkeeping(withoutItems(job)));
    }
  }

  /** BatchAPIs. */
  public static final class BatchApis extends TransformingItemStore<BatchApi> {
    public BatchApis() {
      super(Trimmed::withoutBookkeeping);
    }
  }

  /** Jobs; of their specs there is {@code suspend}. */
  public static final class Jobs extends TransformingItemStore<Job> {
    public Jobs() {
      super(job -> withoutBookkeeping(withoutTemplate(job)));
    }
  }

  /** Pods: whose they are, and how their containers do. */
  public static final class Pods extends TransformingItemStore<Pod> {
    public Pods() {
      super(pod -> withoutBookkeeping(withoutSpec(pod)));
    }
  }

  /** Whether a BatchJob's input is there; one with items from a cache has to be read anew. */
  public static boolean hasInput(BatchJob job) {
    var input = job.getSpec().input();
    return input.items() != null
        || input.configMap() != null
        || input.count() != null
        || input.files() != null
        || input.rerun() != null;
  }

  private static BatchJob withoutItems(BatchJob job) {
    var spec = job.getSpec();
    if (spec != null && spec.input() != null && spec.input().items() != null) {
      job.setSpec(
          new BatchJobSpec(
              spec.apiName(),
              spec.workers(),
              new JobInput(null, null, null, null),
              spec.output(),
              spec.overrides(),
              spec.suspend(),
              spec.cancel(),
              spec.ttlSecondsAfterFinished()));
    }
    return job;
  }

  private static Job withoutTemplate(Job job) {
    var suspend = job.getSpec() == null ? null : job.getSpec().getSuspend();
    job.setSpec(new JobSpecBuilder().withSuspend(suspend).build());
    return job;
  }

  private static Pod withoutSpec(Pod pod) {
    var node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
    pod.setSpec(null);
    var annotations = new LinkedHashMap<String, String>(2); // the SDK looks into it
    if (node != null) {
      annotations.put(NODE, node);
    }
    pod.getMetadata().setAnnotations(annotations);
    var status = pod.getStatus();
    if (status != null) {
      pod.setStatus(
          new PodStatusBuilder()
              .withPhase(status.getPhase())
              .withReason(status.getReason())
              .withMessage(status.getMessage())
              .withConditions(
                  status.getConditions().stream()
                      .filter(c -> POD_CONDITIONS.contains(c.getType()))
                      .toList())
              .withInitContainerStatuses(
                  status.getInitContainerStatuses().stream().map(Trimmed::container).toList())
              .withContainerStatuses(
                  status.getContainerStatuses().stream().map(Trimmed::container).toList())
              .build());
    }
    return pod;
  }

  private static ContainerStatus container(ContainerStatus status) {
    return new ContainerStatusBuilder()
        .withName(status.getName())
        .withImage(status.getImage())
        .withReady(status.getReady())
        .withStarted(status.getStarted())
        .withState(status.getState())
        .build();
  }

  // The API server's own, and kubectl's.
  private static <T extends HasMetadata> T withoutBookkeeping(T object) {
    object.getMetadata().setManagedFields(null);
    if (object.getMetadata().getAnnotations() != null) {
      object.getMetadata().getAnnotations().remove(LAST_APPLIED);
    }
    return object;
  }
}
