package dev.batchapi.cli.run;

import dev.batchapi.cli.manifest.Located;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.JobInput;
import dev.batchapi.crds.NamedSpec;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of the files are run.
 *
 * @param job the name of the only one; null for all
 * @param workers in place of each job's own number; null to leave it
 * @param hasInput whether items are given on the command line, which makes a job of an API that has
 *     none
 */
record JobSelection(
    Manifests manifests, @Nullable String job, @Nullable Integer workers, boolean hasInput) {
  private static final int MAX_WORKERS = 1_000;

  /** The job that the command line alone makes. */
  private static final String AD_HOC = "local";

  /**
   * The jobs, in the order of the files.
   *
   * @throws UsageException if there is none, or no such
   */
  List<NamedSpec<BatchJobSpec>> jobs() {
    if (workers != null && (workers < 1 || workers > MAX_WORKERS)) {
      throw new UsageException(
          "--workers %d: a job has 1 to %,d workers.".formatted(workers, MAX_WORKERS));
    }
    var all = manifests.jobs().stream().map(Located::value).toList();
    if (all.isEmpty() && hasInput && job == null) {
      all = List.of(adHoc());
    }
    if (all.isEmpty()) {
      throw new UsageException(
          "The files hold no BatchJob: add one, or entries under spec.jobs of the BatchAPI, or give items with --input.");
    }
    if (job != null) {
      all = all.stream().filter(j -> j.name().equals(job)).toList();
      if (all.isEmpty()) {
        throw new UsageException(
            "--job %s: there is no such job in the files; there are: %s."
                .formatted(
                    job,
                    manifests.jobs().stream()
                        .map(located -> located.value().name())
                        .collect(Collectors.joining(", "))));
      }
    }
    return all.stream().map(this::withWorkers).toList();
  }

  private NamedSpec<BatchJobSpec> adHoc() {
    var apis = manifests.apis();
    if (apis.size() != 1) {
      throw new UsageException(
          "--input without a BatchJob needs exactly one BatchAPI in the files, not %d."
              .formatted(apis.size()));
    }
    var api = apis.getFirst().value();
    return new NamedSpec<>(
        api.namespace(),
        AD_HOC,
        new BatchJobSpec(
            api.name(), null, new JobInput(null, null, 1, null), null, null, null, null, null));
  }

  private NamedSpec<BatchJobSpec> withWorkers(NamedSpec<BatchJobSpec> j) {
    if (workers == null) {
      return j;
    }
    var spec = j.spec();
    return new NamedSpec<>(
        j.namespace(),
        j.name(),
        new BatchJobSpec(
            spec.apiName(),
            workers,
            spec.input(),
            spec.output(),
            spec.overrides(),
            spec.suspend(),
            spec.cancel(),
            spec.ttlSecondsAfterFinished()));
  }
}
