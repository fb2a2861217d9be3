package dev.batchapi.runtime.collector;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.BatchResults;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.collect.StoredFiles;
import dev.batchapi.data.results.LineFiles;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.results.ResultLines;
import dev.batchapi.data.split.Folders;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.RecordedJob;
import dev.batchapi.queue.StoredResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a job's files, the manifest last, and then that they are there. It can be stopped between
 * any two steps: who does all of it again writes the same bytes, and finds some of them there.
 */
public final class Collecting {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.collector");

  private final CollectArguments arguments;
  private final Path lines;
  private final Stores stores;
  private final RecordedJob recorded;
  private final long maxBytes;
  private Optional<String> unread = Optional.empty();

  /**
   * @param lines the items of a job whose items stand in a ConfigMap
   */
  public Collecting(CollectArguments arguments, Path lines, Stores stores, RecordedJob recorded) {
    this(arguments, lines, stores, recorded, LineFiles.MAX_RESULT_BYTES);
  }

  /**
   * @param maxBytes of one file of results
   */
  Collecting(
      CollectArguments arguments, Path lines, Stores stores, RecordedJob recorded, long maxBytes) {
    this.arguments = arguments;
    this.lines = lines;
    this.stores = stores;
    this.recorded = recorded;
    this.maxBytes = maxBytes;
  }

  /**
   * Writes all files and the record.
   *
   * @throws dev.batchapi.data.store.StoreUnavailableException if a store is away
   * @throws dev.batchapi.data.store.StoreRefusedException if a store refuses: the folder was taken
   *     with these rights before the job was accepted, so they may come back
   * @throws dev.batchapi.queue.QueueUnavailableException if the queue is away or full
   */
  public CollectEnd run() {
    var end = end();
    recorded.end(end.toJson());
    return end;
  }

  private CollectEnd end() {
    try {
      Folders.checkOutput(arguments.output(), arguments.folders())
          .ifPresent(
              message -> {
                throw new OutputException(OutputProblem.OutputRefused, message);
              });
      var folder = new OutputFolder(arguments.output(), arguments.job(), stores);
      var written = folder.manifest();
      var end = written.isPresent() ? end(written.get(), null) : write(folder);
      tidy(folder);
      return end;
    } catch (OutputException e) {
      return CollectEnd.failed(arguments.digest(), e.problem(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * All results are in their files: those of single batches go, also of attempts that did not
   * count, and last what shows whose the folder was.
   */
  private void tidy(OutputFolder folder) {
    try {
      new BatchResults(arguments.output(), stores).deleteAll(StoredResult::isName);
    } catch (StoreRefusedException e) {
      LOG.warn("results of single batches stay in .batches/: {}", e.getMessage());
    }
    folder.giveBack().ifPresent(why -> LOG.warn("{}", why));
  }

  private CollectEnd end(byte[] manifest, @Nullable String remark) throws IOException {
    var files = Manifest.read(manifest).files();
    return new CollectEnd(
        arguments.digest(),
        files.size(),
        files.stream().mapToLong(Manifest.File::lines).sum(),
        files.stream().mapToLong(Manifest.File::bytes).sum(),
        Sha256.hex(manifest),
        remark,
        null,
        null);
  }

  private CollectEnd write(OutputFolder folder) throws IOException {
    folder.own();
    try {
      return writeOnce(folder);
    } catch (OutputException e) {
      // One on a node that did not answer may have gone on, and what it has read is gone.
      var written = folder.manifest();
      if (written.isPresent()) {
        return end(written.get(), null);
      }
      if (e.problem() != OutputProblem.OutputExists || unread.isEmpty()) {
        throw e;
      }
      LOG.warn("{} An earlier collector could read it: its files are written anew.", unread.get());
      folder.removeFiles();
      return writeOnce(folder);
    }
  }

  private CollectEnd writeOnce(OutputFolder folder) throws IOException {
    var opener =
        new StoredFiles(
            folder,
            file -> LOG.info("{}: {} lines, {} bytes", file.name(), file.lines(), file.bytes()));
    var large = new BatchResults(arguments.output(), stores);
    try (var items = JobItems.of(arguments, lines, stores, recorded);
        var results = LineFiles.results(opener, maxBytes);
        var errors = LineFiles.errors(opener)) {
      var resultLines = new ResultLines(arguments.job().name(), items, !arguments.perBatch());
      var reports = new Reports(recorded::progress, arguments.totalBatches(), System::nanoTime);
      var outcomes =
          new OutcomeLines(arguments, items, resultLines, results, errors, large, reports);
      try {
        recorded.read(arguments.totalBatches(), outcomes);
      } finally {
        unread = outcomes.unread();
      }
      var files = new ArrayList<>(results.finish());
      files.addAll(errors.finish());
      var manifest = manifest(outcomes.items(arguments.items()), outcomes.counts(), files).toJson();
      opener.whole(Manifest.NAME, manifest);
      var remarks = Stream.of(resultLines.remark(), unread).flatMap(Optional::stream).toList();
      return end(manifest, remarks.isEmpty() ? null : String.join(" ", remarks));
    }
  }

  private Manifest manifest(
      Manifest.Items items, Manifest.Batches batches, List<Manifest.File> files) {
    return new Manifest(
        arguments.job(), arguments.verdict(), arguments.message(), items, batches, files);
  }
}
