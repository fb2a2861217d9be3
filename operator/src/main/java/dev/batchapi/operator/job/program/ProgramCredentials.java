package dev.batchapi.operator.job.program;

import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.pod.ProgramJobs;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.queue.ProgramQueue;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The Secrets with which programs reach the queue, renewed at half of their life. */
final class ProgramCredentials {
  private final ProgramQueue queue;
  private final Duration validity;
  private final Clock clock;
  private final Map<String, Instant> renewal = new ConcurrentHashMap<>();

  ProgramCredentials(ProgramQueue queue, Duration validity, Clock clock) {
    this.queue = queue;
    this.validity = validity;
    this.clock = clock;
  }

  /** Makes the Secret, or renews it in time; once per process and job at the least. */
  void ensure(ProgramPlan plan, KubernetesClient client) {
    ensure(plan.program(), plan.job(), plan.api(), client);
  }

  /** The same of one that is there already, whatever it was told. */
  void ensure(Program program, JobId job, String api, KubernetesClient client) {
    var now = clock.instant();
    var until = renewal.get(job.uid());
    if (until != null && now.isBefore(until)) {
      return;
    }
    var expires = now.plus(validity);
    var credentials = queue.credentials(program, job.namespace(), job.uid(), expires);
    client
        .resource(ProgramJobs.credentials(program, job, api, credentials, expires))
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("batchapi-operator")
                .withForce(true)
                .build());
    renewal.put(job.uid(), now.plus(validity.dividedBy(2)));
  }

  void forget(String uid) {
    renewal.remove(uid);
  }
}
