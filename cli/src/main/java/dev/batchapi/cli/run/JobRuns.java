package dev.batchapi.cli.run;

import dev.batchapi.cli.ExitCode;
import dev.batchapi.cli.manifest.Located;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.FileInput;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.StorageVolume;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.files.FilesInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.queue.End.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs of the files, one after the other, each with its input and its handler's surroundings.
 *
 * @param input what the command line names in place of the jobs' own; may be empty
 * @param format of that; null if each name says it
 * @param python the interpreter
 * @param part of each job's input
 * @param outputs none of the input's files may be in their folder
 * @param canceller is told while an input is read
 */
record JobRuns(
    Manifests manifests,
    List<String> input,
    FileInput.@Nullable Format format,
    String python,
    Part part,
    Outputs outputs,
    Canceller canceller) {

  /** Runs them until one is cancelled; the worst of their exit codes. */
  ExitCode run(LocalRun local, List<NamedSpec<BatchJobSpec>> jobs)
      throws IOException, InterruptedException {
    var worst = ExitCode.SUCCEEDED;
    for (var job : jobs) {
      var code = ExitCode.of(run(local, job));
      if (code.code() > worst.code()) {
        worst = code;
      }
      if (code == ExitCode.CANCELLED) {
        break;
      }
    }
    return worst;
  }

  /** Shows what there would be to do. */
  void show(List<NamedSpec<BatchJobSpec>> jobs, DryRun on) throws IOException {
    for (var job : jobs) {
      try (var batches = open(job)) {
        on.show(job.name(), batches);
      }
    }
  }

  /**
   * Looks at the input that the command line names for a job of which nothing is left to do, as of
   * one that goes on.
   *
   * @throws UsageException if it is not the one that the results are of
   */
  void refuseAnother(NamedSpec<BatchJobSpec> job, Manifest whole) {
    var input = whole.input();
    if (input == null) { // of a version that did not note it
      return;
    }
    try (var now = open(job)) {
      var was =
          new StoppedRun(
              whole.job().namespace(),
              whole.job().name(),
              whole.job().uid(),
              whole.items().total(),
              now.batchSize(),
              input);
      was.refuseAnother(
          Objects.requireNonNull(outputs.resume()), StoppedRun.of(job, was.uid(), now));
    }
  }

  private Verdict run(LocalRun local, NamedSpec<BatchJobSpec> job)
      throws IOException, InterruptedException {
    var located = manifests.apiOf(job);
    var api = located.value();
    var handler = api.spec().handler();
    if (handler.python() != null) {
      Python.check(python);
    }
    var folder = folderOf(located.file());
    var env = new HandlerEnvironment(manifests, job, System.getenv()).of(api.spec().env());
    env.notes().forEach(System.err::println);
    tellWhatIsForACluster(api.spec());
    tellOfOutput(api, job);
    try (var batches = open(job);
        var code =
            CodeFolder.of(handler, name -> manifests.configMap(api.namespace(), name), folder)) {
      var place = new LocalRun.Place(code.path(), folder, env.values());
      return local.run(api, job, batches, place);
    }
  }

  private static void tellWhatIsForACluster(BatchApiSpec api) {
    var metrics = api.metrics();
    if (metrics != null && metrics.statsd() != null) {
      System.err.printf(
          "metrics.statsd %s is for a cluster: here the metrics are shown at the end.%n",
          metrics.statsd());
    }
    var storage = api.storage();
    if (storage != null && storage.secret() != null) {
      System.err.printf(
          "storage.secret %s is for a cluster: here files are read with the shell's credentials.%n",
          storage.secret().name());
    }
    if (storage != null && storage.serviceAccountName() != null) {
      System.err.printf(
          "storage.serviceAccountName %s is for a cluster: here files are read with the shell's credentials.%n",
          storage.serviceAccountName());
    }
    for (var volume :
        storage == null || storage.volumes() == null
            ? List.<StorageVolume>of()
            : storage.volumes()) {
      System.err.printf(
          "storage.volumes %s is for a cluster: here %s is this machine's.%n",
          volume.name(), volume.mountPath());
    }
  }

  private void tellOfOutput(NamedSpec<BatchApiSpec> api, NamedSpec<BatchJobSpec> job) {
    Freeze.output(api, job, "$(job_id)")
        .ifPresent(
            output ->
                System.err.printf(
                    "output %s is for a cluster: here %s.%n",
                    output.path(),
                    outputs.place() == null
                        ? "--results FOLDER/ writes the same files to a folder"
                        : "the results go to " + outputs.place()));
  }

  private Input open(NamedSpec<BatchJobSpec> job) {
    var api = manifests.apiOf(job);
    var folder = folderOf(fileOf(job, api.file()));
    var inputs = new Inputs(manifests, api.value(), job, folder);
    canceller.reading(true);
    try {
      var opened = input.isEmpty() ? inputs.own() : inputs.of(input, format);
      if (opened instanceof FilesInput files) {
        check(files, input.isEmpty() ? folder : Path.of(""));
      }
      return part(opened);
    } finally {
      canceller.reading(false);
    }
  }

  private Input part(Input opened) {
    try {
      return part.of(opened);
    } catch (UsageException e) {
      opened.close();
      throw e;
    }
  }

  private void check(FilesInput files, Path base) {
    try {
      outputs.checkListed(files.files(), base);
    } catch (UsageException e) {
      files.close();
      throw e;
    }
  }

  /** Where a job stands; one that the command line alone has made is in no file. */
  private Path fileOf(NamedSpec<BatchJobSpec> job, Path otherwise) {
    return manifests.jobs().stream()
        .filter(
            located ->
                located.value().name().equals(job.name())
                    && located.value().namespace().equals(job.namespace()))
        .map(Located::file)
        .findFirst()
        .orElse(otherwise);
  }

  /** Of what came through a pipe: the working folder. */
  private static Path folderOf(Path file) {
    return Files.isRegularFile(file)
        ? Objects.requireNonNull(file.toAbsolutePath().getParent())
        : Path.of("").toAbsolutePath();
  }
}
