package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Why the Job controller can't make a Job's pod. */
public final class RefusedPods {
  /** Refusals that come later are seen at the next look of a job at its worker. */
  static final Duration SHARED = Duration.ofSeconds(4);

  private final NamespaceEvents events;

  public RefusedPods(LongSupplier nanoTime) {
    events = new NamespaceEvents("Job", "FailedCreate", SHARED, nanoTime);
  }

  /** The last refusal of this Job's pod; empty if there is none, or if the events can't be read. */
  Optional<Trouble> of(Job job, KubernetesClient client) {
    return events
        .last(job.getMetadata().getNamespace(), job.getMetadata().getUid(), client)
        .map(message -> new Trouble(reason(message), message + wayOut(message)));
  }

  /** A LimitRange speaks of containers, and one of them is not the author's. */
  private static String wayOut(String message) {
    if (message.contains("error looking up service account")) {
      return ". Create the service account, or name another one in the BatchAPI's spec.storage.serviceAccountName or spec.template.";
    }
    return message.contains("per Container")
        ? ". What the handler asks for is spec.resources; what the worker's container asks for can be set in spec.template.spec.containers[worker].resources, or by the operator's BATCHAPI_WORKER_RESOURCES."
        : "";
  }

  private static Reason reason(String message) {
    return message.contains("exceeded quota") ? Reason.QuotaExceeded : Reason.PodRefused;
  }
}
