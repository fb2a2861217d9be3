package dev.batchapi.cli.run;

import dev.batchapi.data.results.LineFiles;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.memory.Journal;
import dev.batchapi.queue.memory.JournalInUseException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A folder that a job's results are written to: {@code results-00000.jsonl} and so on, {@code
 * errors.jsonl}, and last {@code manifest.json}. While the job runs its outcomes are kept in {@code
 * .batches/} of the folder as they come, so that the run can be resumed, whatever stopped it; when
 * the job is complete they are removed.
 */
final class ResultFolder implements AutoCloseable {
  private static final String HIDDEN = ".batches";

  private final String option;
  private final Path place;
  private final Path hidden;
  private final boolean isNew;
  private final boolean resuming;
  private final boolean withFailed;
  private final Journal journal;
  private final LineFiles results;
  private final LineFiles errors;
  private @Nullable StoppedRun run;
  private final boolean hadRun;
  private boolean began;

  /** Whether nothing is left that somebody could go on with. */
  private boolean over;

  /**
   * Opens a folder for a new run, before anything runs.
   *
   * @param force whether results that are there are replaced, when the run ends
   * @throws UsageException if it can't be written to, or holds another run's results
   */
  static ResultFolder of(Path place, boolean force) {
    if (!force) {
      refuseToReplace(place);
    }
    return new ResultFolder("--results", place, false, true);
  }

  /**
   * Opens the folder of a run that was stopped.
   *
   * @param retryFailed whether failed batches are to be done again
   * @throws UsageException if there is none, or it goes on elsewhere
   */
  static ResultFolder resumed(Path place, boolean retryFailed) {
    if (StoppedRun.read(place.resolve(HIDDEN)).isEmpty()) {
      throw new UsageException(
          "--resume %s: there is no run that was stopped. Start one with --results %s/"
              .formatted(place, place));
    }
    return new ResultFolder("--resume", place, true, !retryFailed);
  }

  private ResultFolder(String option, Path place, boolean resuming, boolean withFailed) {
    this.option = option;
    this.place = place;
    this.resuming = resuming;
    this.withFailed = withFailed;
    hidden = place.resolve(HIDDEN);
    if (Files.isRegularFile(place)) {
      throw new UsageException("%s %s is a file and no folder.".formatted(option, place));
    }
    isNew = !Files.exists(place);
    hadRun = StoppedRun.read(hidden).isPresent();
    try {
      Files.createDirectories(hidden);
      journal = Journal.open(hidden);
    } catch (JournalInUseException e) {
      throw new UsageException("%s %s: another run is writing to it.".formatted(option, place));
    } catch (AccessDeniedException e) {
      throw new UsageException("%s %s: no permission to write there.".formatted(option, place));
    } catch (IOException e) {
      throw new UsageException("%s %s can't be written to: %s.".formatted(option, place, e));
    }
    results = LineFiles.results(this::create, LineFiles.MAX_RESULT_BYTES);
    errors = LineFiles.errors(this::create);
  }

  /** The manifest of results that are there; null if there is none. */
  static @Nullable Manifest manifest(Path place) {
    try {
      return Manifest.read(Files.readAllBytes(place.resolve(Manifest.NAME)));
    } catch (IOException e) {
      return null;
    }
  }

  /** The same of a run of which nothing is left to do; otherwise null. */
  static @Nullable Manifest manifestOfWholeRun(Path place) {
    var manifest = StoppedRun.read(place.resolve(HIDDEN)).isPresent() ? null : manifest(place);
    return manifest != null && isComplete(manifest) ? manifest : null;
  }

  private static boolean isComplete(Manifest manifest) {
    return manifest.verdict().equals(Verdict.Complete.name());
  }

  private static void refuseToReplace(Path place) {
    var manifest = manifest(place);
    if (manifest != null) {
      throw new UsageException(
          "--results %s holds the results of job \"%s\" (%s): name another folder, or replace them with --force."
              .formatted(place, manifest.job().name(), manifest.verdict()));
    }
    StoppedRun.read(place.resolve(HIDDEN))
        .ifPresent(
            stopped -> {
              throw new UsageException(
                  "--results %s holds a run of job \"%s\" that was stopped: go on with it by --resume %s, name another folder, or start anew with --force."
                      .formatted(place, stopped.name(), place));
            });
    for (var name : results(place)) {
      throw new UsageException(
          "--results %s: %s is there already: name another folder, or replace it with --force."
              .formatted(place, name));
    }
  }

  private static List<String> results(Path place) {
    var names = new ArrayList<String>();
    if (Files.isDirectory(place)) {
      try (var files = Files.newDirectoryStream(place)) {
        for (var file : files) {
          if (LineFiles.isName(name(file))) {
            names.add(name(file));
          }
        }
      } catch (IOException e) {
        throw new UsageException("--results %s can't be read: %s.".formatted(place, e));
      }
    }
    return names;
  }

  /**
   * Says which run it is, once the input is known.
   *
   * @param fresh with a uid for the case that it is a new one
   * @return the run's uid
   * @throws UsageException if it is not the run that was stopped
   */
  String begin(StoppedRun fresh) throws IOException {
    run = fresh;
    if (resuming) {
      run = StoppedRun.read(hidden).orElse(fresh);
      run.refuseAnother(place, fresh);
    } else {
      journal.clear();
      run.write(hidden);
    }
    began = true;
    return run.uid();
  }

  /** A new run's. */
  static String newUid() {
    return UUID.randomUUID().toString();
  }

  Journal journal() {
    return journal;
  }

  /** Whether batches that failed stay failed. */
  boolean withFailed() {
    return withFailed;
  }

  LineSink results() {
    return results::write;
  }

  LineSink errors() {
    return errors::write;
  }

  private OutputStream create(String name) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(hidden.resolve(name)), 1 << 16);
  }

  /**
   * All lines are written: files of an earlier run go, these come, and last their manifest.
   *
   * @return that
   */
  Manifest publish(Manifest withoutFiles) throws IOException {
    var files = new ArrayList<>(results.finish());
    files.addAll(errors.finish());
    for (var file : files) {
      sync(hidden.resolve(file.name()));
    }
    Files.deleteIfExists(place.resolve(Manifest.NAME));
    for (var earlier : results(place)) {
      Files.delete(place.resolve(earlier));
    }
    for (var file : files) {
      move(file.name());
    }
    var manifest =
        new Manifest(
            withoutFiles.job(),
            withoutFiles.verdict(),
            withoutFiles.message(),
            withoutFiles.items(),
            withoutFiles.batches(),
            withoutFiles.input(),
            files);
    Files.write(hidden.resolve(Manifest.NAME), manifest.toJson());
    sync(hidden.resolve(Manifest.NAME));
    move(Manifest.NAME);
    over = isComplete(manifest);
    return manifest;
  }

  /** Its whole path, with a slash at its end. */
  String path() {
    return place.toAbsolutePath().normalize() + "/";
  }

  private void move(String name) throws IOException {
    Files.move(hidden.resolve(name), place.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void sync(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** The run never began, for its handler is invalid: nothing of it stays. */
  void forget() {
    over = !resuming;
  }

  @Override
  public void close() throws IOException {
    results.close();
    errors.close();
    if (over || (!began && !hadRun)) {
      tidy();
      deleteIfLeftEmpty();
    } else {
      journal.close();
    }
  }

  /** Stopped at any point, it leaves no run that somebody could resume without its outcomes. */
  private void tidy() throws IOException {
    StoppedRun.delete(hidden);
    try (var files = Files.newDirectoryStream(hidden, file -> !Journal.isName(name(file)))) {
      for (var file : files) {
        Files.delete(file);
      }
    }
    journal.delete();
    Files.delete(hidden);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private void deleteIfLeftEmpty() throws IOException {
    try {
      if (isNew) {
        Files.delete(place);
      }
    } catch (DirectoryNotEmptyException e) {
      // The results are in it.
    }
  }

  @Override
  public String toString() {
    return option + " " + place;
  }
}
