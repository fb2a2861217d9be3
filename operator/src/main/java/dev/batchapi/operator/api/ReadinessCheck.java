package dev.batchapi.operator.api;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.BatchRules;
import dev.batchapi.crds.JobInput;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.kube.Namespaces;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.PodPlans;
import dev.batchapi.operator.pod.PodSecurity;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.PythonHost;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Finds out whether jobs can run: does for a job that never runs what is done for every job. */
final class ReadinessCheck {
  private static final String JOB = "dry-run";
  private static final String UID = "00000000-0000-0000-0000-000000000000";

  private final OperatorSettings settings;
  private final Optional<PythonHost> host;
  private final NamespaceLevels levels;
  private final DryRun dryRun = new DryRun();

  ReadinessCheck(OperatorSettings settings, Optional<PythonHost> host, Clock clock) {
    this.settings = settings;
    this.host = host;
    this.levels = new NamespaceLevels(settings.podSecurity(), new Namespaces(clock));
  }

  /** What stands first in its way, if anything does. */
  Readiness of(BatchApi api, KubernetesClient client) {
    var problems = BatchRules.checkApi(api.named());
    if (!problems.isEmpty()) {
      return Readiness.specInvalid(problems);
    }
    var run = run(api.named());
    var handler = api.getSpec().handler();
    var configMap = CodeFiles.configMap(handler);
    if (configMap.isEmpty()) {
      return pods(api, run, CodeFiles.inline(handler), client);
    }
    var namespace = api.getMetadata().getNamespace();
    var found = client.configMaps().inNamespace(namespace).withName(configMap.get()).get();
    if (found == null) {
      return Readiness.configMapNotFound(configMap.get(), namespace);
    }
    if (found.getBinaryData() != null && !found.getBinaryData().isEmpty()) {
      return Readiness.configMapIsBinary(
          configMap.get(), namespace, found.getBinaryData().keySet());
    }
    var code = Objects.requireNonNullElse(found.getData(), Map.<String, String>of());
    var file = String.valueOf(run.handler().file());
    return code.containsKey(file)
        ? pods(api, run, code, client)
        : Readiness.configMapKeyNotFound(configMap.get(), namespace, file, code.keySet());
  }

  private Readiness pods(
      BatchApi api, RunSpec run, Map<String, String> code, KubernetesClient client) {
    var id = new JobId(api.getMetadata().getNamespace(), JOB, UID);
    FrozenJob job;
    try {
      job =
          FrozenJob.of(
              id,
              run,
              PodPlans.of(
                  api.named(),
                  Map.of(),
                  settings,
                  host,
                  id,
                  code,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()));
    } catch (PodTemplateException e) {
      return Readiness.templateInvalid(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return Readiness.noPythonHost(String.valueOf(e.getMessage()));
    }
    try {
      PodSecurity.check(levels.of(job.namespace(), client), job);
    } catch (PodTemplateException e) {
      return Readiness.templateInsecure(String.valueOf(e.getMessage()));
    }
    return dryRun.of(api, job, client);
  }

  private static RunSpec run(NamedSpec<BatchApiSpec> api) {
    var one =
        new BatchJobSpec(
            api.name(), 1, new JobInput(null, null, 1, null), null, null, false, false, null);
    return Freeze.freeze(api, new NamedSpec<>(api.namespace(), JOB, one), UID, 1, Instant.EPOCH);
  }
}
