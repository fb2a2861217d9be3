package dev.batchapi.runtime.splitter;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.ProgramSettings;
import dev.batchapi.contract.TerminationMessage;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.store.DataProgram;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.SpareHeap;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.FirstConnection;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamSplitWriter;
import dev.batchapi.queue.jetstream.NatsAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A splitter in a pod of its own. An input that is no good is written down as such; what may be
 * otherwise the next time ends it with last words and without a record, and the operator makes
 * another one.
 */
public final class SplitterMain {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.splitter");

  private static final JetStreamSettings PATIENT =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofMinutes(1));

  /** It holds one batch and one chunk, whatever the input. */
  static final DataProgram PROGRAM = new DataProgram(SplitterMain.class, 64);

  private SplitterMain() {}

  /**
   * Splits one job's input, then ends the process.
   *
   * @param arguments none; or {@code --print-args FOLDER}, to print how the image there starts it
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 2 && arguments[0].equals("--print-args")) {
      PROGRAM.arguments(Path.of(arguments[1])).forEach(System.out::println);
      return;
    }
    ProgramSettings settings;
    try {
      settings = ProgramSettings.ofSplitter(System.getenv());
    } catch (IllegalArgumentException e) {
      LOG.error("{}", e.getMessage());
      System.exit(ExitCode.USAGE.code());
      return;
    }
    var trouble = run(settings);
    trouble.ifPresent(why -> lastWords(settings.terminationLog(), why.words()));
    System.exit(trouble.map(Trouble::exit).orElse(ExitCode.DONE).code());
  }

  /** Why it could not write its end. */
  record Trouble(ExitCode exit, String words) {
    static Trouble of(RuntimeException e) {
      return switch (e) {
        case StoreUnavailableException _, QueueUnavailableException _ ->
            new Trouble(ExitCode.STORAGE_UNAVAILABLE, String.valueOf(e.getMessage()));
        case FileChangedException _, QueueAccessException _ ->
            new Trouble(ExitCode.UNEXPECTED, String.valueOf(e.getMessage()));
        default -> new Trouble(ExitCode.UNEXPECTED, "The splitter can't go on: " + e);
      };
    }
  }

  /** Empty when its end is written; else why not. */
  private static Optional<Trouble> run(ProgramSettings settings) {
    try (var _ = SpareHeap.start();
        var writer = connect(settings);
        var stores = Stores.ofPod(System.getenv())) {
      var end = new Splitting(SplitArguments.read(settings.arguments()), stores, writer).run();
      if (end.error() == null) {
        LOG.info(
            "{} files, {} bytes, {} items, {} batches",
            end.files(),
            end.bytes(),
            end.items(),
            end.batches());
      } else {
        LOG.error("{}", end.error());
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      return Optional.of(new Trouble(ExitCode.UNEXPECTED, "stopped"));
    } catch (RuntimeException e) {
      LOG.error("the splitter can't go on", e);
      return Optional.of(Trouble.of(e));
    }
  }

  private static JetStreamSplitWriter connect(ProgramSettings settings)
      throws InterruptedException {
    var access =
        new NatsAccess(
            settings.natsUrl(),
            settings.natsCredentials().orElse(null),
            Optional.ofNullable(System.getenv("HOSTNAME")).orElse("splitter"));
    return FirstConnection.of(
        () -> JetStreamSplitWriter.connect(access, settings.job(), settings.attempt(), PATIENT));
  }

  private static void lastWords(Path file, String message) {
    try {
      TerminationMessage.write(file, message);
    } catch (IOException e) {
      LOG.warn("the termination message can't be written to {}: {}", file, e.toString());
    }
  }
}
