package dev.batchapi.operator.job;

import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sorts a job's Jobs and pods into workers. They come from caches; where one of them says that
 * something is not there, the API server is asked.
 */
final class Observer {
  /** As long as this a Job's pod may not have been seen yet. */
  private static final Duration POD_COMES = Duration.ofSeconds(2);

  private final KubernetesClient client;

  Observer(KubernetesClient client) {
    this.client = client;
  }

  Workers workers(
      String uid,
      Collection<Job> jobs,
      Collection<Pod> pods,
      Optional<Trouble> refusal,
      Instant now) {
    var podOf = new HashMap<String, Pod>();
    pods.stream()
        .sorted(Comparator.comparing(p -> p.getMetadata().getCreationTimestamp()))
        .forEach(
            pod ->
                pod.getMetadata().getOwnerReferences().stream()
                    .filter(o -> "Job".equals(o.getKind()))
                    .forEach(owner -> podOf.put(owner.getUid(), pod)));
    var workers = new ArrayList<Worker>();
    for (var job : jobs) {
      var name = job.getMetadata().getName();
      if (uid.equals(Labels.of(job, Labels.JOB_UID))
          && Names.worker(name).isPresent()
          && Names.attempt(name).isPresent()) {
        workers.add(worker(job, podOf, now));
      }
    }
    return new Workers(workers, refusal);
  }

  private Worker worker(Job job, Map<String, Pod> podOf, Instant now) {
    var name = job.getMetadata().getName();
    var pod = podOf.get(job.getMetadata().getUid());
    return new Worker(
        name,
        Names.worker(name).orElseThrow(),
        Names.attempt(name).orElseThrow(),
        Labels.number(job, Labels.FRUITLESS),
        Labels.number(job, Labels.PROGRESS),
        pod == null ? withoutPod(job, now) : PodReading.read(job, pod, now),
        PodReading.lingers(pod));
  }

  private WorkerState withoutPod(Job job, Instant now) {
    var state = PodReading.read(job, null, now);
    var age = Duration.between(Instant.parse(job.getMetadata().getCreationTimestamp()), now);
    if (!(state instanceof WorkerState.Pending) || age.compareTo(POD_COMES) < 0) {
      return state;
    }
    if (Boolean.TRUE.equals(job.getSpec().getSuspend())) {
      return pending(
          "JobSuspended",
          "Job \"%s\" is suspended, as by a queue such as Kueue that has not admitted it yet"
              .formatted(job.getMetadata().getName()));
    }
    if (hasHadPod(job) && !podExists(job)) {
      return new WorkerState.Stopping();
    }
    return refusedPod(job).map(t -> pending(t.reason(), t.message())).orElse(state);
  }

  private static WorkerState pending(String reason, String message) {
    return new WorkerState.Pending(Optional.of(new Trouble(reason, message)));
  }

  private static boolean hasHadPod(Job job) {
    var active = job.getStatus() == null ? null : job.getStatus().getActive();
    return active != null && active > 0;
  }

  private boolean podExists(Job job) {
    return !client
        .pods()
        .inNamespace(job.getMetadata().getNamespace())
        .withLabel("batch.kubernetes.io/job-name", job.getMetadata().getName())
        .list()
        .getItems()
        .isEmpty();
  }

  /** Why the Job controller can't make the pod; it says so in events alone. */
  private Optional<Trouble> refusedPod(Job job) {
    List<Event> events =
        client
            .v1()
            .events()
            .inNamespace(job.getMetadata().getNamespace())
            .withField("involvedObject.uid", job.getMetadata().getUid())
            .withField("reason", "FailedCreate")
            .list()
            .getItems();
    return events.stream()
        .map(Event::getMessage)
        .reduce((one, other) -> other)
        .map(message -> new Trouble(reason(message), message));
  }

  private static String reason(@Nullable String message) {
    return message != null && message.contains("exceeded quota") ? "QuotaExceeded" : "PodRefused";
  }
}
