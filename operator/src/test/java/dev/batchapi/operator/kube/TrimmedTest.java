package dev.batchapi.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a cache keeps; of pods, all that PodReadingTest reads. */
final class TrimmedTest {
  private static <T extends HasMetadata> T through(ItemStore<T> cache, String yaml, Class<T> type) {
    cache.put("a", Serialization.unmarshal("---\n" + yaml, type));
    return cache.get("a");
  }

  @Test
  void itemsAreReadAnewAndAllElseOfABatchJobIsThere() {
    var job =
        through(
            new Trimmed.BatchJobs(),
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata:
              name: a
              managedFields: [{manager: kubectl}]
              annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}", mine: "1"}
            spec: {apiName: photos, workers: 3, suspend: true, ttlSecondsAfterFinished: 9, input: {items: [1, {b: 2}]}}
            """,
            BatchJob.class);

    assertThat(Trimmed.hasInput(job)).isFalse();
    assertThat(job.getSpec().apiName()).isEqualTo("photos");
    assertThat(job.getSpec().workers()).isEqualTo(3);
    assertThat(job.getSpec().suspend()).isTrue();
    assertThat(job.getSpec().ttlSecondsAfterFinished()).isEqualTo(9);
    assertThat(job.getMetadata().getManagedFields()).isNullOrEmpty();
    assertThat(job.getMetadata().getAnnotations()).containsOnlyKeys("mine");
  }

  @Test
  void anotherInputStays() {
    var job =
        through(
            new Trimmed.BatchJobs(),
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: a}
            spec: {apiName: photos, input: {count: 7}}
            """,
            BatchJob.class);

    assertThat(Trimmed.hasInput(job)).isTrue();
    assertThat(job.getSpec().input().count()).isEqualTo(7);
  }

  /** Null would be a NullPointerException in the SDK at every event of a pod. */
  @Test
  void aPodHasAnnotationsThoughNoneOfItsOwn() {
    var pod =
        through(
            new Trimmed.Pods(),
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: a, annotations: {long: text}}
            spec: {nodeName: n, serviceAccountName: a, containers: [{name: handler, image: x}]}
            """,
            Pod.class);
    var unscheduled =
        through(
            new Trimmed.Pods(),
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: a, annotations: {long: text}}
            spec: {}
            """,
            Pod.class);

    assertThat(pod.getMetadata().getAnnotations()).isEqualTo(Map.of(Trimmed.NODE, "n"));
    assertThat(unscheduled.getMetadata().getAnnotations()).isNotNull().isEmpty();
    assertThat(pod.getSpec()).isNull();
  }

  @Test
  void aJobStaysSuspendedWithoutItsTemplate() {
    var job =
        through(
            new Trimmed.Jobs(),
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: a, labels: {l: x}}
            spec: {suspend: true, template: {spec: {containers: [{name: c, image: i}]}}}
            status: {active: 1}
            """,
            Job.class);

    assertThat(job.getSpec().getSuspend()).isTrue();
    assertThat(job.getSpec().getTemplate()).isNull();
    assertThat(job.getStatus().getActive()).isEqualTo(1);
    assertThat(job.getMetadata().getLabels()).containsEntry("l", "x");
  }
}
