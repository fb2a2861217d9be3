package dev.batchapi.operator.job.observe;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.job.observe.WorkerJob.InARow;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Names;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Sorts a job's Jobs and pods into workers. They come from caches; where one of them says that
 * something is not there, the API server is asked.
 */
public final class Observer {
  private final StartTroubles troubles;
  private final Clock clock;

  public Observer(StartTroubles troubles, Clock clock) {
    this.troubles = troubles;
    this.clock = clock;
  }

  public Workers workers(BatchJob batchJob, JobMemory memory, Context<BatchJob> context) {
    var now = clock.instant();
    var podOf = new HashMap<String, Pod>();
    context.getSecondaryResources(Pod.class).stream()
        .sorted(Comparator.comparing(p -> p.getMetadata().getCreationTimestamp()))
        .forEach(
            pod ->
                pod.getMetadata().getOwnerReferences().stream()
                    .filter(o -> "Job".equals(o.getKind()))
                    .forEach(owner -> podOf.put(owner.getUid(), pod)));
    var queue = memory.frozen == null ? "" : memory.frozen.pod().natsUrl();
    var workers = new ArrayList<WorkerJob>();
    for (var job : context.getSecondaryResources(Job.class)) {
      var name = job.getMetadata().getName();
      if (WorkerJob.isOf(job, batchJob.getMetadata().getUid())
          && Names.worker(name).isPresent()
          && Names.attempt(name).isPresent()) {
        workers.add(worker(job, podOf, queue, now, context.getClient()));
      }
    }
    return new Workers(workers, memory.refusal);
  }

  private WorkerJob worker(
      Job job, Map<String, Pod> podOf, String queue, Instant now, KubernetesClient client) {
    var name = job.getMetadata().getName();
    var pod = podOf.get(job.getMetadata().getUid());
    return new WorkerJob(
        name,
        Names.worker(name).orElseThrow(),
        Names.attempt(name).orElseThrow(),
        new InARow(Labels.number(job, Labels.FRUITLESS), Labels.number(job, Labels.DISRUPTED)),
        Labels.number(job, Labels.PROGRESS),
        PodEnd.created(job).orElse(now),
        pod == null ? withoutPod(job, queue, now, client) : withPod(job, pod, queue, now, client),
        PodReading.lingers(pod));
  }

  private WorkerState withPod(
      Job job, Pod pod, String queue, Instant now, KubernetesClient client) {
    var state = PodReading.read(job, pod, queue, now);
    return state instanceof WorkerState.Pending(var trouble, var unseen)
            && unseen
            && trouble.isEmpty()
        ? new WorkerState.Pending(troubles.unmounted(pod, now, client), true)
        : state;
  }

  private WorkerState withoutPod(Job job, String queue, Instant now, KubernetesClient client) {
    var state = PodReading.read(job, null, queue, now);
    if (!(state instanceof WorkerState.Pending) || StartTroubles.isYoung(job, now)) {
      return state;
    }
    var suspended = StartTroubles.suspended(job);
    if (suspended.isPresent()) {
      return new WorkerState.Pending(suspended, false);
    }
    if (hasHadPod(job) && !podExists(job, client)) {
      return new WorkerState.Stopping();
    }
    return new WorkerState.Pending(troubles.refused(job, client), true);
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
