package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Names;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sorts a job's Jobs and pods into workers. They come from caches; where one of them says that
 * something is not there, the API server is asked.
 */
final class Observer {
  /** As long as this a Job's pod may not have been seen yet. */
  private static final Duration POD_COMES = Duration.ofSeconds(2);

  private final RefusedPods refusedPods;
  private final Clock clock;

  Observer(RefusedPods refusedPods, Clock clock) {
    this.refusedPods = refusedPods;
    this.clock = clock;
  }

  Workers workers(BatchJob batchJob, JobMemory memory, Context<BatchJob> context) {
    var uid = batchJob.getMetadata().getUid();
    var now = clock.instant();
    var pods = context.getSecondaryResources(Pod.class);
    var podOf = new HashMap<String, Pod>();
    pods.stream()
        .sorted(Comparator.comparing(p -> p.getMetadata().getCreationTimestamp()))
        .forEach(
            pod ->
                pod.getMetadata().getOwnerReferences().stream()
                    .filter(o -> "Job".equals(o.getKind()))
                    .forEach(owner -> podOf.put(owner.getUid(), pod)));
    var workers = new ArrayList<Worker>();
    for (var job : context.getSecondaryResources(Job.class)) {
      var name = job.getMetadata().getName();
      if (uid.equals(Labels.of(job, Labels.JOB_UID))
          && Names.worker(name).isPresent()
          && Names.attempt(name).isPresent()) {
        workers.add(worker(job, podOf, now, context.getClient()));
      }
    }
    return new Workers(workers, memory.refusal);
  }

  private Worker worker(Job job, Map<String, Pod> podOf, Instant now, KubernetesClient client) {
    var name = job.getMetadata().getName();
    var pod = podOf.get(job.getMetadata().getUid());
    return new Worker(
        name,
        Names.worker(name).orElseThrow(),
        Names.attempt(name).orElseThrow(),
        Labels.number(job, Labels.FRUITLESS),
        Labels.number(job, Labels.PROGRESS),
        pod == null ? withoutPod(job, now, client) : PodReading.read(job, pod, now),
        PodReading.lingers(pod));
  }

  private WorkerState withoutPod(Job job, Instant now, KubernetesClient client) {
    var state = PodReading.read(job, null, now);
    var age = Duration.between(Instant.parse(job.getMetadata().getCreationTimestamp()), now);
    if (!(state instanceof WorkerState.Pending) || age.compareTo(POD_COMES) < 0) {
      return state;
    }
    if (Boolean.TRUE.equals(job.getSpec().getSuspend())) {
      var message =
          "Job \"%s\" is suspended, as by a queue such as Kueue that has not admitted it yet"
              .formatted(job.getMetadata().getName());
      return new WorkerState.Pending(Optional.of(new Trouble("JobSuspended", message)), false);
    }
    if (hasHadPod(job) && !podExists(job, client)) {
      return new WorkerState.Stopping();
    }
    return new WorkerState.Pending(refusedPods.of(job, client), true);
  }

  private static boolean hasHadPod(Job job) {
    var active = job.getStatus() == null ? null : job.getStatus().getActive();
    return active != null && active > 0;
  }

  private static boolean podExists(Job job, KubernetesClient client) {
    return !client
        .pods()
        .inNamespace(job.getMetadata().getNamespace())
        .withLabel("batch.kubernetes.io/job-name", job.getMetadata().getName())
        .list()
        .getItems()
        .isEmpty();
  }
}
