package dev.batchapi.operator.job.collect;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenOutput;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.End;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the collectors of a job are made of: all of it from what was frozen, and its end. */
public final class CollectPlans {
  private static final JsonMapper JSON = new JsonMapper();

  private CollectPlans() {}

  /**
   * The same for the same job and end.
   *
   * @throws TamperedException if the job has an output and was not frozen with one
   */
  public static ProgramPlan of(FrozenJob job, End end) {
    var output = job.pod().output();
    if (output == null) {
      throw new TamperedException("The job was not frozen with what its output needs.");
    }
    var arguments = arguments(job, output, end).toJson();
    return new ProgramPlan(
        Program.COLLECTOR,
        job.id(),
        job.run().job().apiName(),
        job.pod().workerImage(),
        arguments,
        Sha256.hex(arguments),
        output.storageSecret(),
        job.pod().storage(),
        job.pod().template(),
        output.lines() == null ? null : job.pod().input(),
        job.pod().natsUrl(),
        Objects.requireNonNullElse(job.pod().workerResources(), Map.of()));
  }

  private static CollectArguments arguments(FrozenJob job, FrozenOutput frozen, End end) {
    var run = job.run();
    var output = Objects.requireNonNull(run.output(), "no output");
    return new CollectArguments(
        output.path(),
        output.include().stream()
            .map(include -> JSON.convertValue(include, CollectArguments.Include.class))
            .toList(),
        frozen.folders(),
        new Manifest.Job(job.namespace(), job.name(), job.uid(), run.job().apiName()),
        end.verdict().name(),
        end.message(),
        run.items(),
        run.totalBatches(),
        run.batchSize(),
        files(job),
        split(job),
        frozen.lines(),
        run.handler().results() == RunSpec.Results.BATCH,
        run.rerun() != null);
  }

  private static @Nullable FilesSpec files(FrozenJob job) {
    var files = job.run().files();
    return files == null ? null : JSON.convertValue(files, FilesSpec.class);
  }

  private static CollectArguments.@Nullable Split split(FrozenJob job) {
    var split = job.pod().split();
    return split == null ? null : new CollectArguments.Split(split.attempt(), split.digest());
  }
}
