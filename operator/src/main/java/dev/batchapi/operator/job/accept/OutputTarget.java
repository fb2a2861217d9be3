package dev.batchapi.operator.job.accept;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.Sha256;
import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.split.Folders;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.operator.pod.FrozenOutput;
import dev.batchapi.operator.pod.PodPlans;
import dev.batchapi.operator.status.JobConditions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder that a job's results are to go to, as far as the objects tell of it. */
final class OutputTarget {
  /** What a store takes as a key, and what a status has room for. */
  private static final int LONGEST_PATH = 1024;

  private final BatchJob job;
  private final BatchApi api;
  private final RunSpec.Output output;
  private final @Nullable String cluster;

  private OutputTarget(
      BatchJob job, BatchApi api, RunSpec.Output output, @Nullable String cluster) {
    this.job = job;
    this.api = api;
    this.output = output;
    this.cluster = cluster;
  }

  /**
   * Empty if neither the job nor its BatchAPI names one.
   *
   * @param cluster that has the job; asked for if there is an output
   */
  static Optional<OutputTarget> of(BatchJob job, BatchApi api, Supplier<@Nullable String> cluster) {
    return Freeze.output(api.named(), job.named(), job.getMetadata().getUid())
        .map(output -> new OutputTarget(job, api, output, cluster.get()));
  }

  /** What is wrong with it, as far as the specs themselves show; for people. */
  Optional<String> problem() {
    if (api.getSpec().storage() == null) {
      return Optional.of(
          "BatchAPI \"%s\" has no spec.storage, so its jobs write no results: its author says there with whose rights they may."
              .formatted(job.getSpec().apiName()));
    }
    if (output.path().length() > LONGEST_PATH) {
      return Optional.of(
          "\"%s…\" has %d characters, and an output may have %d."
              .formatted(output.path().substring(0, 100), output.path().length(), LONGEST_PATH));
    }
    return Mounts.of(api)
        .problem(output.path(), true)
        .or(() -> Folders.checkOutput(output.path(), folders()));
  }

  /** Whose job's it is while that one runs; for people. A store tells of all others. */
  Optional<String> takenBy(Stream<BatchJob> others) {
    return others
        .filter(other -> !other.getMetadata().getUid().equals(job.getMetadata().getUid()))
        .filter(other -> !JobConditions.isFinished(other.getStatus()))
        .filter(other -> output.path().equals(path(other.getStatus())))
        .findFirst()
        .map(
            other ->
                "BatchJob \"%s\" writes its results to %s: name another folder, as with $(job_name) in it."
                    .formatted(other.getMetadata().getName(), output.path()));
  }

  private static @Nullable String path(@Nullable BatchJobStatus status) {
    return status == null || status.output() == null ? null : status.output().path();
  }

  /** As a splitter takes it for the job. */
  SplitArguments.Output toBeTaken() {
    var meta = job.getMetadata();
    return new SplitArguments.Output(
        output.path(),
        new Manifest.Job(
            meta.getNamespace(), meta.getName(), meta.getUid(), job.getSpec().apiName()),
        cluster);
  }

  /**
   * As it is kept with the accepted job.
   *
   * @param lines the items, if they are frozen in a ConfigMap
   */
  FrozenOutput frozen(Optional<String> lines) {
    return new FrozenOutput(
        folders(), PodPlans.storageSecret(api.getSpec()), lines.map(Sha256::hex).orElse(null));
  }

  private List<String> folders() {
    var storage = api.getSpec().storage();
    return storage == null ? List.of() : Objects.requireNonNullElse(storage.paths(), List.of());
  }
}
