package dev.batchapi.cli.run;

import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says of results.
 *
 * @param results a file, or a folder of this machine
 * @param store a folder of a store, in place of that
 * @param toFolder whether it is a folder
 * @param errors a file
 * @param resume the folder of a run that was stopped
 * @param retryFailed whether its failed batches are to be done again
 * @param force whether an earlier run's results in the folder are replaced
 */
record Outputs(
    @Nullable Path results,
    @Nullable String store,
    boolean toFolder,
    @Nullable Path errors,
    @Nullable Path resume,
    boolean retryFailed,
    boolean force) {

  /**
   * Reads the options.
   *
   * @param results ends with a slash, or is a folder that is there, for a folder; or is a store's
   *     URL
   * @throws UsageException if they don't go together
   */
  static Outputs of(
      @Nullable String results,
      @Nullable Path errors,
      @Nullable String resumed,
      boolean retryFailed,
      boolean force) {
    var resume = resumed == null ? null : folderOfThisMachine(resumed);
    var store = ResultStore.isStore(results) ? results : null;
    var place = results == null || store != null ? null : Path.of(results);
    var toFolder =
        place != null && results != null && (results.endsWith("/") || Files.isDirectory(place));
    if (store != null && force) {
      throw new UsageException(
          "--force: nothing in a store is ever replaced. Name another folder than %s, or delete that."
              .formatted(store));
    }
    if (resume != null && (place != null || force)) {
      throw new UsageException(
          "--resume goes on in the folder that it names: it goes neither with --force nor with"
              + " --results of this machine; --results of a store, such as s3://bucket/folder/,"
              + " gets them in the end.");
    }
    if (retryFailed && resume == null) {
      throw new UsageException(
          "--retry-failed goes with --resume FOLDER/ only."
              + (store == null ? "" : " " + ofStore(store)));
    }
    if (errors != null && (toFolder || store != null || resume != null)) {
      throw new UsageException(
          "--errors %s: a folder of results has an errors.jsonl of its own.".formatted(errors));
    }
    if (force && !toFolder) {
      throw new UsageException(
          "--force goes with --results FOLDER/ only; a file is replaced when the run ends.");
    }
    return new Outputs(place, store, toFolder, errors, resume, retryFailed, force);
  }

  private static Path folderOfThisMachine(String resume) {
    if (!Stores.scheme(resume).isEmpty()) {
      throw new UsageException(
          "--resume %s: a run goes on from a folder of this machine. %s"
              .formatted(resume, ofStore(resume)));
    }
    return Path.of(resume);
  }

  private static String ofStore(String folder) {
    return "Nothing in a store is ever changed: what failed is run again as a run of its own, with another folder for its results. The payloads of %serrors.jsonl become its items; docs/data.md of the project has the command."
        .formatted(folder.endsWith("/") ? folder : folder + "/");
  }

  /**
   * Looks before anything is opened.
   *
   * @param inputs what is read
   * @throws UsageException if something would be overwritten that must not, or jobs be mixed
   */
  void check(List<Path> inputs, List<NamedSpec<BatchJobSpec>> jobs) {
    var place = place();
    if (place != null && jobs.size() > 1) {
      throw new UsageException(
          "%s %s: a folder holds the results of one job, and there are %d (%s): choose one with --job."
              .formatted(
                  resume == null || store != null ? "--results" : "--resume",
                  place,
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
    for (var file : files) {
      if (isInStore(file.url()) || isInFolder(file.url(), base)) {
        throw new UsageException(
            "%s is an input of this run and lies in %s, the folder of its results: keep it elsewhere, or name another folder."
                .formatted(file.url(), place()));
      }
    }
  }

  private boolean isInStore(String url) {
    return store != null && url.startsWith(store);
  }

  private boolean isInFolder(String url, Path base) {
    var folder = folder();
    return folder != null
        && Stores.scheme(url).isEmpty()
        && base.resolve(url)
            .toAbsolutePath()
            .normalize()
            .startsWith(folder.toAbsolutePath().normalize());
  }

  private static boolean same(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  /** Where the results are at the end, if that is a folder; otherwise null. */
  @Nullable String place() {
    return store != null ? store : folder() == null ? null : String.valueOf(folder());
  }

  /** The folder of this machine that the results go to; null if they don't go to one. */
  @Nullable Path folder() {
    return resume != null ? resume : toFolder ? results : null;
  }

  /**
   * What the run to be resumed has left if it is complete: every batch has succeeded, and {@code
   * on_job_complete} too.
   *
   * @return null if there is something to do
   * @throws UsageException if it was another job's
   */
  @Nullable Manifest wholeRun(List<NamedSpec<BatchJobSpec>> jobs) {
    var manifest = resume == null ? null : ResultFolder.manifestOfWholeRun(resume);
    if (manifest == null) {
      return null;
    }
    var job = jobs.getFirst().name();
    if (!manifest.job().name().equals(job)) {
      throw new UsageException(
          "--resume %s holds the results of job \"%s\", and this is job \"%s\"."
              .formatted(resume, manifest.job().name(), job));
    }
    return manifest;
  }

  /** A run of which nothing is left to do: its results go to where they are not yet. */
  void complete(Manifest manifest, PrintStream out) throws IOException {
    if (store == null || resume == null) {
      out.printf("%s is complete: nothing is left to do.%n", resume);
      return;
    }
    try (var to = ResultStore.resumed(store, resume)) {
      out.println(to.add(manifest));
    }
  }

  /**
   * Opens what is written to.
   *
   * @throws UsageException if it can't be written to
   */
  ResultFiles open() throws IOException {
    if (resume != null) {
      var folder = ResultFolder.resumed(resume, retryFailed);
      return new ResultFiles(folder, store == null ? null : ResultStore.resumed(store, resume));
    }
    if (store != null) {
      var to = ResultStore.of(store);
      return new ResultFiles(ResultFolder.of(to.folder(), false), to);
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

  /** Says where the results are; of a store that is said when they are there. */
  void tell(PrintStream out) {
    if (store != null) {
      return;
    }
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
