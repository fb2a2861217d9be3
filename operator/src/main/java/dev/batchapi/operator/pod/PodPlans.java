package dev.batchapi.operator.pod;

import dev.batchapi.contract.RunSpec.Language;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.operator.OperatorSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Resolves what a job's pods are made of. */
public final class PodPlans {
  private PodPlans() {}

  /**
   * Resolves a BatchAPI's pod settings for one of its jobs.
   *
   * @param api the BatchAPI as it is now
   * @param jobLabels the BatchJob's labels; those for Kueue go to its Jobs and pods
   * @param host the Python host, without which no Python handler runs
   * @param job the BatchJob
   * @param codeFiles the author's code by file name; empty if it is in the image
   * @param inputLines the items, if they came from a ConfigMap
   * @param split where the batches lie, if they are parts of files or of an earlier job
   * @param output how its results are written, if it has an output
   * @throws PodTemplateException if no pod can be made of these settings, or the author names a
   *     metrics socket that is not the operator's
   * @throws IllegalArgumentException if the handler is in Python and there is no Python host
   */
  public static PodPlan of(
      NamedSpec<BatchApiSpec> api,
      Map<String, String> jobLabels,
      OperatorSettings settings,
      Optional<PythonHost> host,
      JobId job,
      Map<String, String> codeFiles,
      Optional<String> inputLines,
      Optional<FrozenSplit> split,
      Optional<FrozenOutput> output) {
    var spec = api.spec();
    var language = spec.handler().python() != null ? Language.PYTHON : Language.JAVA;
    var metrics = StatsdTarget.of(api, settings);
    var plan =
        new PodPlan(
            language,
            settings.runtimeImage(),
            spec.image() != null ? spec.image() : settings.runtimeImage(),
            codeFiles.isEmpty() ? null : files(job, "code", codeFiles),
            inputLines
                .map(lines -> files(job, "input", FrozenObjects.inputFiles(lines)))
                .orElse(null),
            language == Language.PYTHON ? required(host).frozen() : null,
            language == Language.PYTHON ? required(host).start() : null,
            spec.resources(),
            or(spec.env(), List.of()),
            spec.template(),
            settings.statsd(api.namespace()).orElse(null),
            settings.statsdFlavour().orElse(null),
            metrics.socket(),
            metrics.tellsOrigin() ? true : null,
            settings.natsUrl(),
            Math.toIntExact(settings.lease().toSeconds()),
            forKueue(jobLabels),
            settings.workerResources(),
            split.orElse(null),
            split.filter(FrozenSplit::hasFiles).isPresent() || output.isPresent()
                ? storageSecret(spec)
                : null,
            output.orElse(null),
            FrozenStorage.of(spec.storage()));
    PodTemplateRules.check(plan);
    return plan;
  }

  /** The Secret that files are read and results written with; null for none. */
  public static @Nullable String storageSecret(BatchApiSpec spec) {
    return spec.storage() == null || spec.storage().secret() == null
        ? null
        : spec.storage().secret().name();
  }

  private static FrozenFiles files(JobId job, String what, Map<String, String> files) {
    var digest = Digest.hex(files);
    return new FrozenFiles(Names.files(job, what, digest), digest);
  }

  private static PythonHost required(Optional<PythonHost> host) {
    return host.orElseThrow(
        () ->
            new IllegalArgumentException(
                "This operator has no Python host: set its BATCHAPI_PYTHON_HOST to the folder with the host's files."));
  }

  private static Map<String, String> forKueue(Map<String, String> labels) {
    var kueue = new TreeMap<String, String>();
    labels.forEach(
        (name, value) -> {
          if (name.startsWith(Labels.KUEUE_PREFIX)) {
            kueue.put(name, value);
          }
        });
    return kueue;
  }

  private static <T> T or(@Nullable T value, T fallback) {
    return value == null ? fallback : value;
  }
}
