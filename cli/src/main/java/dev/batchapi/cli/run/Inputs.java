package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.ConfigMapKeyRef;
import dev.batchapi.crds.FileInput;
import dev.batchapi.crds.JobInput;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.files.FilesInput;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.input.CountInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonLines;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Opens a job's input: its own, or what the command line names in its place. */
final class Inputs {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Manifests manifests;
  private final NamedSpec<BatchJobSpec> job;
  private final Path folder;
  private final int batchSize;

  /**
   * Opens nothing yet.
   *
   * @param folder in which the job's own paths begin
   */
  Inputs(
      Manifests manifests, NamedSpec<BatchApiSpec> api, NamedSpec<BatchJobSpec> job, Path folder) {
    this.manifests = manifests;
    this.job = job;
    this.folder = folder;
    batchSize = Freeze.batchSize(api.spec(), job.spec());
  }

  /**
   * What the BatchJob names.
   *
   * @throws InputException if it can't be used
   * @throws UsageException if its ConfigMap is not in the files
   */
  Input own() {
    return switch (job.spec().input().source()) {
      case JobInput.InFiles(var files) -> files(files, folder);
      case JobInput.Numbers(var count) -> new CountInput(count, batchSize);
      case JobInput.Items(var items) ->
          JsonLines.ofItems(items.stream().map(JsonNode::toString).toList(), batchSize);
      case JobInput.Lines(var configMap) -> lines(configMap);
      case JobInput.OfJob(var rerun) ->
          throw new UsageException(
              "job \"%s\" runs items of BatchJob \"%s\" again, of which only the cluster knows. On this machine --resume FOLDER/ --retry-failed runs those again that failed here; or give the items with --input."
                  .formatted(job.name(), rerun.job()));
    };
  }

  private Input lines(ConfigMapKeyRef ref) {
    var name = "ConfigMap \"%s\", key \"%s\"".formatted(ref.name(), ref.key());
    var data =
        manifests
            .configMap(job.namespace(), ref.name())
            .orElseThrow(
                () ->
                    new UsageException(
                        "ConfigMap \"%s\" with the input of job \"%s\" is not in the files: name the file that holds it too, or give the items with --input."
                            .formatted(ref.name(), job.name())));
    var lines = data.data().get(ref.key());
    if (lines == null) {
      throw new UsageException(
          data.binaryKeys().contains(ref.key())
              ? "%s, the input of job \"%s\", is binary: it stands under binaryData, where kubectl puts a file that is not UTF-8 text. Save the file as UTF-8 and make the ConfigMap of it again."
                  .formatted(name, job.name())
              : "%s, the input of job \"%s\", is not there; its keys are: %s."
                  .formatted(name, job.name(), String.join(", ", data.data().keySet())));
    }
    return JsonLines.of(name, lines.getBytes(StandardCharsets.UTF_8), batchSize);
  }

  /**
   * What the command line names.
   *
   * @param inputs {@code -} for standard input, a pipe such as /dev/stdin, a file, a pattern or a
   *     URL; several are one input
   * @param format of all of them; null if the ending of each name says it. A single file without an
   *     ending, or with {@code .json}, is JSON lines
   * @throws InputException if they can't be used
   * @throws UsageException if there is no such file, or a pipe is not the only one
   */
  Input of(List<String> inputs, FileInput.@Nullable Format format) {
    var pipe = inputs.stream().filter(Inputs::isPipe).findFirst();
    if (pipe.isEmpty()) {
      // As with other inputs, what is wrong is said before anything runs.
      return files(
          new FileInput(
              inputs,
              null,
              format == null && isPlain(inputs) ? FileInput.Format.JSONL : format,
              csv(format),
              FileInput.BadRecord.FAIL),
          Path.of(""));
    }
    if (inputs.size() > 1) {
      throw new UsageException(
          "--input %s can be read only once: give it alone.".formatted(pipe.get()));
    }
    if (format != null && format != FileInput.Format.JSONL) {
      throw new UsageException(
          "--input %s: what comes through a pipe is JSON lines. Write it to a file first to read it as %s."
              .formatted(pipe.get(), format.name().toLowerCase(Locale.ROOT)));
    }
    if (pipe.get().equals("-")) {
      return JsonLines.ofStream("standard input", System.in, batchSize);
    }
    try (var in = Files.newInputStream(Path.of(pipe.get()))) {
      return JsonLines.ofStream(pipe.get(), in, batchSize);
    } catch (IOException e) {
      throw new UsageException(
          "--input %s can't be read: %s.".formatted(pipe.get(), e.getMessage()));
    }
  }

  /** How CSV is written stands in the job's own input alone. */
  private FileInput.@Nullable Csv csv(FileInput.@Nullable Format format) {
    return job.spec().input().source() instanceof JobInput.InFiles(var own)
            && (format == null || format == FileInput.Format.CSV)
        ? own.csv()
        : null;
  }

  private static boolean isPlain(List<String> inputs) {
    var file = Path.of(inputs.getFirst());
    return inputs.size() == 1
        && Files.isRegularFile(file)
        && file.getFileName().toString().matches("[^.]+(\\.json)?");
  }

  /** What can be read only once, and from its start. */
  static boolean isPipe(String input) {
    if (input.equals("-")) {
      return true;
    }
    var file = Path.of(input);
    return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  private Input files(FileInput files, Path base) {
    var spec = JSON.convertValue(files, FilesSpec.class);
    try (var slow = new SlowInput(files.paths())) {
      return new FilesInput(spec, batchSize, Stores.of(System.getenv(), base), slow);
    }
  }
}
