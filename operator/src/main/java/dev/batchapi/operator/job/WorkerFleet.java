package dev.batchapi.operator.job;

import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.WorkerJobs;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** Makes and deletes workers' Jobs. */
final class WorkerFleet {
  /** The API server will say the same again: the template, a policy, a quota of Jobs. */
  private static final Set<Integer> REFUSED = Set.of(400, 403, 422);

  private final KubernetesClient client;

  WorkerFleet(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What became of a plan.
   *
   * @param lost workers that were replaced
   * @param refusal why a Job could not be made
   */
  record Done(int lost, Optional<Trouble> refusal) {}

  Done act(Pool.Plan plan, FrozenJob job, int progress) {
    var lost = 0;
    Optional<Trouble> refusal = Optional.empty();
    for (var worker : plan.create()) {
      try {
        var made =
            Acceptance.create(
                client,
                WorkerJobs.of(job, worker.slot(), worker.attempt(), worker.fruitless(), progress));
        lost += made && worker.replaces() ? 1 : 0;
      } catch (KubernetesClientException e) {
        if (!REFUSED.contains(e.getCode()) || e.getStatus() == null) {
          throw e;
        }
        refusal = Optional.of(new Trouble("WorkerRefused", e.getStatus().getMessage()));
        break;
      }
    }
    delete(job.namespace(), plan.delete());
    return new Done(lost, refusal);
  }

  void delete(String namespace, Collection<String> jobs) {
    for (var name : jobs) {
      client
          .batch()
          .v1()
          .jobs()
          .inNamespace(namespace)
          .withName(name)
          .withPropagationPolicy(DeletionPropagation.BACKGROUND)
          .delete();
    }
  }
}
