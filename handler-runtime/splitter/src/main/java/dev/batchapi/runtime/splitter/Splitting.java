package dev.batchapi.runtime.splitter;

import dev.batchapi.data.collect.FolderTakenException;
import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.ListedFiles;
import dev.batchapi.data.files.Listing;
import dev.batchapi.data.files.Splitter;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.Folders;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.Splits;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the output folder, lists, cuts and writes down, once; or gives the folder back. */
final class Splitting {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.splitter");

  private final SplitArguments arguments;
  private final Stores stores;
  private final Splits.Writer writer;

  Splitting(SplitArguments arguments, Stores stores, Splits.Writer writer) {
    this.arguments = arguments;
    this.stores = stores;
    this.writer = writer;
  }

  /**
   * Writes all records, the end last.
   *
   * @throws dev.batchapi.data.store.FileChangedException if a file changed in the meantime
   * @throws dev.batchapi.data.store.StoreUnavailableException if a store is away
   * @throws dev.batchapi.queue.QueueUnavailableException if the queue is away or full
   */
  SplitEnd run() {
    var end = end();
    writer.write(SplitEnd.NAME, end.toJson());
    return end;
  }

  private SplitEnd end() {
    var digest = arguments.digest();
    var output = arguments.output();
    if (output == null) {
      return split();
    }
    try {
      Folders.checkOutput(output.folder(), arguments.folders())
          .ifPresent(
              message -> {
                throw new OutputException(OutputProblem.OutputRefused, message);
              });
      var owner = OutputFolder.Owner.of(output.job(), output.cluster());
      var folder = new OutputFolder(output.folder(), owner, stores);
      if (Boolean.TRUE.equals(arguments.giveBack())) {
        folder.leave();
        return new SplitEnd(digest, 0, 0, 0, 0, List.of(), null);
      }
      if (output.gone() != null) {
        folder.leave(output.gone());
      }
      folder.take();
      var end = split();
      if (end.error() == null) {
        folder.own(); // another may have freed it, as that of a job that is gone
      } else {
        // No job will be accepted by this, and the next one may have it.
        folder.giveBack().ifPresent(why -> LOG.warn("{}", why));
      }
      return end;
    } catch (FolderTakenException e) {
      var message = String.valueOf(e.getMessage());
      return e.owner() != null
              && output.cluster() != null
              && output.cluster().equals(e.owner().cluster())
          ? SplitEnd.taken(digest, e.owner(), message)
          : SplitEnd.failed(digest, e.problem(), message);
    } catch (OutputException e) {
      return SplitEnd.failed(digest, e.problem(), String.valueOf(e.getMessage()));
    } catch (StoreRefusedException e) {
      return SplitEnd.failed(digest, OutputProblem.OutputRefused, String.valueOf(e.getMessage()));
    }
  }

  private SplitEnd split() {
    try {
      var spec = arguments.files();
      if (spec == null) {
        return new SplitEnd(arguments.digest(), 0, 0, 0, 0, List.of(), null);
      }
      require(Folders.check(spec, arguments.folders()));
      var reports = new Reports(writer::progress, System::nanoTime);
      try (var files = Listing.of(spec, stores, reports)) {
        return split(files, spec, reports);
      }
    } catch (InputException | StoreRefusedException e) {
      return SplitEnd.failed(arguments.digest(), String.valueOf(e.getMessage()));
    }
  }

  private SplitEnd split(ListedFiles files, FilesSpec spec, Reports reports) {
    files.forEach(file -> require(Folders.check(file, arguments.folders())));
    reports.listed(files);
    var sink = new ChunkSink((number, lines) -> writer.write(Integer.toString(number), lines));
    var split = new Splitter(files, spec, arguments.batchSize(), stores, reports).split(sink);
    return new SplitEnd(
        arguments.digest(),
        split.files(),
        split.bytes(),
        split.items(),
        split.batches(),
        sink.end(),
        null);
  }

  private static void require(java.util.Optional<String> problem) {
    problem.ifPresent(
        message -> {
          throw new InputException(message);
        });
  }
}
