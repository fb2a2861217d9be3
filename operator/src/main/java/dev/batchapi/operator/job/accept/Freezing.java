package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.Limits;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.input.InputException;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.PodPlans;
import dev.batchapi.operator.pod.PodSecurity;
import dev.batchapi.operator.pod.PythonHost;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes of a job what is kept of it, as everything is at this moment; writes nothing. */
final class Freezing {
  private final OperatorSettings settings;
  private final Optional<PythonHost> pythonHost;
  private final NamespaceLevels levels;

  Freezing(OperatorSettings settings, Optional<PythonHost> pythonHost, NamespaceLevels levels) {
    this.settings = settings;
    this.pythonHost = pythonHost;
    this.levels = levels;
  }

  /**
   * Freezes it.
   *
   * @param output where its results go, if it has an output
   * @param cut its batches; empty if they follow from its items
   * @throws InputException if its input can't be used
   * @throws Stop if something is missing
   */
  Draft freeze(
      BatchJob job,
      BatchApi api,
      Optional<OutputTarget> output,
      Optional<Cut> cut,
      KubernetesClient client,
      Instant now) {
    var namespace = job.getMetadata().getNamespace();
    var code = CodeFiles.configMap(api.getSpec().handler());
    var files =
        code.map(name -> JobConfigMaps.code(client, namespace, name))
            .orElseGet(() -> CodeFiles.inline(api.getSpec().handler()));
    var ofConfigMap = JobConfigMaps.inputLines(job.getSpec(), client, namespace);
    // A collector reads no BatchJob: the items of those that failed are among what it writes.
    var lines = output.isPresent() ? ofConfigMap.or(() -> items(job)) : ofConfigMap;
    var batchSize = Freeze.batchSize(api.getSpec(), job.getSpec());
    int items =
        cut.map(its -> its.done().end().items())
            .orElseGet(() -> items(job, ofConfigMap, batchSize));
    Limits.checkBatches(items, batchSize)
        .ifPresent(
            problem -> {
              throw new InputException(problem.message());
            });
    var carried = Freeze.freeze(api.named(), job.named(), job.getMetadata().getUid(), items, now);
    var withFiles = cut.map(Cut::files).map(carried::withFiles).orElse(carried);
    var run = cut.map(Cut::rerun).map(withFiles::withRerun).orElse(withFiles);
    JobConfigMaps.checkHandlerFile(run, files, code, namespace);
    var labels =
        Objects.requireNonNullElse(job.getMetadata().getLabels(), Map.<String, String>of());
    var plan =
        PodPlans.of(
            api.named(),
            labels,
            settings,
            pythonHost,
            JobId.of(job),
            files,
            lines,
            cut.map(its -> its.done().split()),
            output.map(target -> target.frozen(lines)));
    var frozen = FrozenJob.of(JobId.of(job), run, plan);
    PodSecurity.check(levels.of(namespace, client), frozen);
    return new Draft(frozen, files, lines);
  }

  private static Optional<String> items(BatchJob job) {
    return Optional.ofNullable(job.getSpec().input().items())
        .map(items -> items.stream().map(item -> item + "\n").collect(Collectors.joining()));
  }

  private static int items(BatchJob job, Optional<String> lines, int batchSize) {
    try (var input = JobConfigMaps.open(job.getSpec(), lines, batchSize)) {
      return input.items();
    }
  }
}
