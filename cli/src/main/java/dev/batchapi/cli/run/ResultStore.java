package dev.batchapi.cli.run;

import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.collect.StoredFiles;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.End.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder of a store that a run's results are copied to when they are whole. It is taken before
 * anything runs, as a cluster's splitter does it. Until the results are there they are in a folder
 * of this machine, from which a run that was stopped is resumed. Close it.
 */
final class ResultStore implements AutoCloseable {
  private static final Set<String> STORES = Set.of("s3", "gs", "az");

  private final String url;
  private final Path folder;
  private final boolean resuming;
  private final Stores stores = Stores.of(System.getenv(), Path.of(""));
  private @Nullable OutputFolder taken;

  /** Whether results are here that are not in the store. */
  private boolean isKept;

  /** Whether some of the files may be in the store. */
  private boolean isBegun;

  /**
   * Takes nothing yet.
   *
   * @param url with a slash at its end
   * @param folder of this machine; it is removed at the end unless results are in it that are
   *     nowhere else
   * @param resuming whether a run goes on there that has taken the folder before
   */
  private ResultStore(String url, Path folder, boolean resuming) {
    this.url = url;
    this.folder = folder;
    this.resuming = resuming;
  }

  /** For a new run, with an empty folder of this machine. */
  static ResultStore of(String url) throws IOException {
    return new ResultStore(url, Files.createTempDirectory("batchapi-results-"), false);
  }

  /** For a run that goes on in a folder of this machine, which stays. */
  static ResultStore resumed(String url, Path folder) {
    return new ResultStore(url, folder, true);
  }

  /**
   * Whether results are to go to a store.
   *
   * @throws UsageException if it is no folder of one that can be written to
   */
  static boolean isStore(@Nullable String results) {
    if (results == null || Stores.scheme(results).isEmpty()) {
      return false;
    }
    if (!STORES.contains(Stores.scheme(results))) {
      throw new UsageException(
          "--results %s: results are written to folders of s3://, gs:// and az://, and of this machine."
              .formatted(results));
    }
    if (!results.endsWith("/")) {
      throw new UsageException(
          "--results %s: in a store results are a folder of files; write %s/"
              .formatted(results, results));
    }
    return true;
  }

  String url() {
    return url;
  }

  /** Where results are until they are in the store. */
  Path folder() {
    return folder;
  }

  /**
   * Takes the folder for a run.
   *
   * @throws OutputException if it is another's, or the store is not fit
   * @throws StoreRefusedException if the store refuses
   * @throws StoreUnavailableException if the store is away
   */
  void take(Manifest.Job job) {
    var output = new OutputFolder(url, job, stores);
    if (resuming) {
      output.manifest(); // its own, or it is refused
      output.own();
    } else {
      output.take();
    }
    taken = output;
    isKept = true;
    System.err.printf("Until the results are in %s they are kept in %s.%n", url, folder);
  }

  /**
   * Copies the files of a whole set, the manifest last, and gives the folder back. Of a run that
   * ended before all its batches were done nothing is copied, for it may go on, and nothing in a
   * store is replaced.
   *
   * @return what is to be said of where the results are
   * @throws NotStoredException if they can't be copied now
   */
  String add(Manifest manifest) throws IOException {
    var verdict = Verdict.valueOf(manifest.verdict());
    if (!verdict.isOfAllBatches()) {
      // Else the same failures end it again.
      var more = verdict == Verdict.TooManyFailures ? " --retry-failed" : "";
      return "Nothing was written to %s, for the run ended as %s. What was done is in %s: go on with --resume %s --results %s%s"
          .formatted(url, verdict, folder, folder, url, more);
    }
    var output = taken == null ? new OutputFolder(url, manifest.job(), stores) : taken;
    isBegun = true;
    copy(manifest, output);
    isKept = false;
    isBegun = false;
    taken = output;
    return "results: " + url;
  }

  private void copy(Manifest manifest, OutputFolder output) throws IOException {
    try {
      output.own();
      var files = new StoredFiles(output, file -> {});
      for (var file : manifest.files()) {
        try (var in = Files.newInputStream(folder.resolve(file.name()));
            var out = files.open(file.name())) {
          in.transferTo(out);
          files.complete(out, file);
        }
      }
      files.whole(Manifest.NAME, manifest.toJson());
    } catch (OutputException | StoreRefusedException | StoreUnavailableException e) {
      throw new NotStoredException(
          "The results are not in %s: %s They are whole in %s, and go there with --resume %s --results %s"
              .formatted(url, e.getMessage(), folder, folder, url),
          e);
    }
  }

  /** Nothing has run: nothing is to be kept. */
  void forget() {
    isKept = false;
  }

  /** Gives the folder back, unless some of the files are there and the others are still to come. */
  @Override
  public void close() throws IOException {
    try (stores) {
      if (taken != null && !isBegun) {
        taken.giveBack().ifPresent(System.err::println);
      }
    } catch (StoreUnavailableException e) {
      System.err.println("What shows whose the folder was stays there: " + e.getMessage());
    }
    if (!isKept && !resuming) {
      remove();
    }
  }

  private void remove() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
