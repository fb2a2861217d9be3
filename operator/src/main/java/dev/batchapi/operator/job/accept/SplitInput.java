package dev.batchapi.operator.job.accept;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.Sha256;
import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.FileInput;
import dev.batchapi.crds.Storage;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.split.Folders;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.FrozenStorage;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.pod.ProgramPlan;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a job names outside of the cluster, as a splitter is asked for it. */
final class SplitInput {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /** Of the patterns as JSON: Linux takes 128 KiB as one variable. */
  private static final int MOST_BYTES = 100_000;

  /** In place of what a splitter has yet to say, to find what is wrong with all the rest. */
  static final SplitResult.Done UNKNOWN =
      new SplitResult.Done(
          new SplitEnd("", 1, 0, 1, 1, List.of(), null), new FrozenSplit(0, "", 1, 0, 0));

  private final OperatorSettings settings;
  private final BatchJob job;
  private final BatchApi api;
  private final @Nullable FilesSpec files;
  private final Optional<OutputTarget> output;
  private final List<String> folders;

  private SplitInput(
      OperatorSettings settings, BatchJob job, BatchApi api, Optional<OutputTarget> output) {
    this.settings = settings;
    this.job = job;
    this.api = api;
    this.output = output;
    var input = job.getSpec().input().files();
    files = input == null ? null : spec(input);
    var storage = api.getSpec().storage();
    folders = storage == null ? List.of() : Objects.requireNonNullElse(storage.paths(), List.of());
  }

  /**
   * Reads it from the objects.
   *
   * @param output of the job, if it has one
   * @return empty if there is nothing to ask for
   * @throws InputException if the spec says what no splitter understands
   */
  static Optional<SplitInput> of(
      OperatorSettings settings, BatchJob job, BatchApi api, Optional<OutputTarget> output) {
    return job.getSpec().input().files() == null && output.isEmpty()
        ? Optional.empty()
        : Optional.of(new SplitInput(settings, job, api, output));
  }

  boolean hasFiles() {
    return files != null;
  }

  /** As the worker gets it, too. */
  static ObjectNode json(FileInput input) {
    return JSON.valueToTree(input);
  }

  private static FilesSpec spec(FileInput input) {
    try {
      return JSON.convertValue(json(input), FilesSpec.class);
    } catch (IllegalArgumentException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof InputException refused) {
          throw refused;
        }
      }
      throw new InputException("spec.input.files can't be used: " + e.getMessage());
    }
  }

  /** What is wrong with the files as far as the spec itself shows; for people. */
  Optional<String> problem() {
    if (files == null) {
      return Optional.empty();
    }
    if (api.getSpec().storage() == null) {
      return Optional.of(
          "BatchAPI \"%s\" has no spec.storage, so its jobs read no files: its author says there what they may read."
              .formatted(job.getSpec().apiName()));
    }
    for (var path : files.paths()) {
      var outside = Mounts.of(api).problem(path, false);
      if (outside.isPresent()) {
        return outside;
      }
    }
    var web = files.paths().stream().filter(path -> path.startsWith("http")).findFirst();
    if (folders.isEmpty() && web.isPresent()) {
      return Optional.of(
          "\"%s\" is on a web server, and BatchAPI \"%s\" names none in spec.storage.paths: its author says there which ones jobs may read."
              .formatted(StoredFile.name(web.get()), job.getSpec().apiName()));
    }
    var size = arguments().getBytes(StandardCharsets.UTF_8).length;
    if (size > MOST_BYTES) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "spec.input.files has %,d bytes as JSON, and may have %,d: name fewer files, or a pattern for all of them.",
              size,
              MOST_BYTES));
    }
    return Folders.check(files, folders);
  }

  private String arguments() {
    var batchSize = Freeze.batchSize(api.getSpec(), job.getSpec());
    return new SplitArguments(
            files, folders, batchSize, output.map(OutputTarget::toBeTaken).orElse(null))
        .toJson();
  }

  ProgramPlan plan() {
    return plan(arguments());
  }

  /** Of a splitter that gives the folder of an output back. */
  static ProgramPlan toGiveBack(
      OperatorSettings settings, BatchJob job, BatchApi api, OutputTarget output) {
    var input = new SplitInput(settings, job, api, Optional.of(output));
    return input.plan(SplitArguments.toGiveBack(input.folders, output.toBeTaken()).toJson());
  }

  private ProgramPlan plan(String arguments) {
    var spec = api.getSpec();
    var secret = Optional.ofNullable(spec.storage()).map(Storage::secret);
    return new ProgramPlan(
        Program.SPLITTER,
        JobId.of(job),
        job.getSpec().apiName(),
        settings.runtimeImage(),
        arguments,
        Sha256.hex(arguments),
        secret.map(Storage.SecretRef::name).orElse(null),
        FrozenStorage.of(spec.storage()),
        spec.template(),
        null,
        settings.natsUrl(),
        settings.workerResources());
  }
}
