package dev.batchapi.runtime.collector;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.ProgramSettings;
import dev.batchapi.contract.TerminationMessage;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.store.DataProgram;
import dev.batchapi.data.store.SpareHeap;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.FirstConnection;
import dev.batchapi.queue.jetstream.JetStreamOutcomes;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A collector in a pod of its own. An output that never can be written is recorded as such; what
 * may be otherwise the next time ends it with last words and without a record, and the operator
 * makes another one, which writes the same bytes.
 */
public final class CollectorMain {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.collector");

  /** The items of a job without files, as they were frozen. */
  private static final Path ITEMS =
      Path.of(PodFiles.FROZEN_INPUT_FOLDER, PodFiles.FROZEN_INPUT_FILE);

  private static final JetStreamSettings PATIENT =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofMinutes(1));

  /**
   * It holds the outcomes that are on their way, 8 MiB at the most, and a part of 5 MiB of each of
   * two files, whatever the job.
   */
  static final DataProgram PROGRAM = new DataProgram(CollectorMain.class, 56);

  private CollectorMain() {}

  /**
   * Writes one job's files, then ends the process.
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
      settings = ProgramSettings.ofCollector(System.getenv());
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
        // One that refuses, too: it took the folder with these rights, and they may be given again.
        case StoreUnavailableException _, StoreRefusedException _, QueueUnavailableException _ ->
            new Trouble(ExitCode.STORAGE_UNAVAILABLE, String.valueOf(e.getMessage()));
        case QueueAccessException _ ->
            new Trouble(ExitCode.UNEXPECTED, String.valueOf(e.getMessage()));
        default -> new Trouble(ExitCode.UNEXPECTED, "The collector can't go on: " + e);
      };
    }
  }

  /** Empty when its end is written; else why not. */
  private static Optional<Trouble> run(ProgramSettings settings) {
    try (var _ = SpareHeap.start();
        var outcomes = connect(settings);
        var stores = Stores.ofPod(System.getenv())) {
      var arguments = CollectArguments.read(settings.arguments());
      log(new Collecting(arguments, ITEMS, stores, outcomes).run());
      return Optional.empty();
    } catch (InterruptedException e) {
      return Optional.of(new Trouble(ExitCode.UNEXPECTED, "stopped"));
    } catch (RuntimeException e) {
      LOG.error("the collector can't go on", e);
      return Optional.of(Trouble.of(e));
    }
  }

  private static void log(CollectEnd end) {
    if (end.error() == null) {
      LOG.info("{} files, {} lines, {} bytes", end.files(), end.lines(), end.bytes());
    } else {
      LOG.error("{}", end.error());
    }
  }

  private static JetStreamOutcomes connect(ProgramSettings settings) throws InterruptedException {
    var access =
        new NatsAccess(
            settings.natsUrl(),
            settings.natsCredentials().orElse(null),
            Optional.ofNullable(System.getenv("HOSTNAME")).orElse("collector"));
    return FirstConnection.of(
        () -> JetStreamOutcomes.connect(access, settings.job(), settings.attempt(), PATIENT));
  }

  private static void lastWords(Path file, String message) {
    try {
      TerminationMessage.write(file, message);
    } catch (IOException e) {
      LOG.warn("the termination message can't be written to {}: {}", file, e.toString());
    }
  }
}
