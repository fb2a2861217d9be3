package dev.batchapi.cli.run;

import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says of results.
 *
 * @param results a file, or a folder
 * @param toFolder whether it is a folder
 * @param errors a file
 * @param resume the folder of a run that was stopped
 * @param retryFailed whether its failed batches are to be done again
 * @param force whether an earlier run's results in the folder are replaced
 */
record Outputs(
    @Nullable Path results,
    boolean toFolder,
    @Nullable Path errors,
    @Nullable Path resume,
    boolean retryFailed,
    boolean force) {

  /**
   * Reads the options.
   *
   * @param results ends with a slash, or is a folder that is there, for a folder
   * @throws UsageException if they don't go together
   */
  static Outputs of(
      @Nullable String results,
      @Nullable Path errors,
      @Nullable Path resume,
      boolean retryFailed,
      boolean force) {
    var place = results == null ? null : Path.of(results);
    var toFolder =
        place != null && results != null && (results.endsWith("/") || Files.isDirectory(place));
    if (resume != null && (place != null || force)) {
      throw new UsageException(
          "--resume goes on in the folder that it names: it goes with neither --results nor --force.");
    }
    if (retryFailed && resume == null) {
      throw new UsageException("--retry-failed goes with --resume FOLDER/ only.");
    }
    if (errors != null && (toFolder || resume != null)) {
      throw new UsageException(
          "--errors %s: a folder of results has an errors.jsonl of its own.".formatted(errors));
    }
    if (force && !toFolder) {
      throw new UsageException(
          "--force goes with --results FOLDER/ only; a file is replaced when the run ends.");
    }
    return new Outputs(place, toFolder, errors, resume, retryFailed, force);
  }

  /**
   * Looks before anything is opened.
   *
   * @param inputs what is read
   * @throws UsageException if something would be overwritten that must not, or jobs be mixed
   */
  void check(List<Path> inputs, List<NamedSpec<BatchJobSpec>> jobs) {
    var folder = folder();
    if (folder != null && jobs.size() > 1) {
      throw new UsageException(
          "%s %s: a folder holds the results of one job, and there are %d (%s): choose one with --job."
              .formatted(
                  resume == null ? "--results" : "--resume",
                  folder,
                  jobs.size(),
                  jobs.stream().map(NamedSpec::name).collect(Collectors.joining(", "))));
    }
    for (var out : Arrays.asList(toFolder ? null : results, errors)) {
      if (out != null && inputs.stream().anyMatch(in -> same(in, out))) {
        throw new UsageException(
            "%s is an input of this run: it is not written to.".formatted(out));
      }
    }
    if (results != null && errors != null && same(results, errors)) {
      throw new UsageException("--results and --errors name the same file, %s.".formatted(errors));
    }
  }

  /**
   * Looks at the files that a pattern or a folder meant: what a run writes must not be its input
   * the next time.
   *
   * @param files as they are listed
   * @param base what their paths are relative to
   * @throws UsageException if one lies in the folder of results
   */
  void checkListed(List<StoredFile> files, Path base) {
    var folder = folder();
    if (folder == null) {
      return;
    }
    var results = folder.toAbsolutePath().normalize();
    for (var file : files) {
      if (Stores.scheme(file.url()).isEmpty()
          && base.resolve(file.url()).toAbsolutePath().normalize().startsWith(results)) {
        throw new UsageException(
            "%s is an input of this run and lies in %s, the folder of its results: keep it elsewhere, or name another folder."
                .formatted(file.url(), folder));
      }
    }
  }

  private static boolean same(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  /** The folder that the results go to; null if they don't go to one. */
  @Nullable Path folder() {
    return resume != null ? resume : toFolder ? results : null;
  }

  /**
   * Whether the run to be resumed is complete: every batch has succeeded, and {@code
   * on_job_complete} too.
   *
   * @throws UsageException if it was another job's
   */
  boolean isComplete(List<NamedSpec<BatchJobSpec>> jobs) {
    var manifest = resume == null ? null : ResultFolder.manifestOfWholeRun(resume);
    if (manifest == null) {
      return false;
    }
    var job = jobs.getFirst().name();
    if (!manifest.job().name().equals(job)) {
      throw new UsageException(
          "--resume %s holds the results of job \"%s\", and this is job \"%s\"."
              .formatted(resume, manifest.job().name(), job));
    }
    return true;
  }

  /** Says which files are replaced. */
  void tellOfReplacing(PrintStream out) {
    Stream.of(results, errors)
        .filter(Objects::nonNull)
        .filter(Files::isRegularFile)
        .forEach(
            file -> out.println(file + " is there already: it is replaced when the run ends."));
  }

  /**
   * Opens what is written to.
   *
   * @throws UsageException if it can't be written to
   */
  ResultFiles open() {
    if (resume != null) {
      return new ResultFiles(ResultFolder.resumed(resume, retryFailed));
    }
    if (toFolder) {
      return new ResultFiles(ResultFolder.of(Objects.requireNonNull(results), force));
    }
    return new ResultFiles(results, errors);
  }

  /** Where the results go in the end there should be room for them; /tmp may be in memory. */
  Path spool() {
    var folder = results == null ? null : results.toAbsolutePath().getParent();
    return folder == null || toFolder || (Files.exists(results) && !Files.isRegularFile(results))
        ? Path.of(System.getProperty("java.io.tmpdir"))
        : folder;
  }

  void tell(PrintStream out) {
    var folder = folder();
    tell(out, "results", folder == null ? results : folder);
    tell(out, "failed batches", errors);
  }

  private static void tell(PrintStream out, String what, @Nullable Path place) {
    if (place != null) {
      out.printf("%n%s: %s%n", what, place);
    }
  }
}
