package dev.batchapi.runtime.collector;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.TextLimit;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.JetStreamOutcomes;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsAccess;
import java.io.IOException;
import java.nio.file.Files;
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

  /** What Kubernetes keeps of a termination message. */
  private static final int LAST_WORDS_BYTES = 4096;

  /** How long the queue may refuse it: the account of its namespace may be on its way. */
  private static final Duration REFUSED_AT_MOST = Duration.ofSeconds(20);

  private static final JetStreamSettings PATIENT =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofMinutes(1));

  private CollectorMain() {}

  /**
   * Writes one job's files, then ends the process.
   *
   * @param arguments none; or {@code --print-args FOLDER}, to print how the image there starts it
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 2 && arguments[0].equals("--print-args")) {
      CollectorCommand.arguments(Path.of(arguments[1])).forEach(System.out::println);
      return;
    }
    CollectorSettings settings;
    try {
      settings = CollectorSettings.from(System.getenv());
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
        case QueueAccessException _ ->
            new Trouble(ExitCode.UNEXPECTED, String.valueOf(e.getMessage()));
        default -> new Trouble(ExitCode.UNEXPECTED, "The collector can't go on: " + e);
      };
    }
  }

  /** Empty when its end is written; else why not. */
  private static Optional<Trouble> run(CollectorSettings settings) {
    try (var outcomes = connect(settings);
        var stores = Stores.of(System.getenv(), Path.of("/"))) {
      var arguments = CollectArguments.read(settings.arguments());
      log(new Collecting(arguments, settings.items(), stores, outcomes).run());
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

  private static JetStreamOutcomes connect(CollectorSettings settings) throws InterruptedException {
    var access =
        new NatsAccess(
            settings.natsUrl(),
            settings.natsCredentials().orElse(null),
            Optional.ofNullable(System.getenv("HOSTNAME")).orElse("collector"));
    var started = System.nanoTime();
    while (true) {
      try {
        return JetStreamOutcomes.connect(access, settings.job(), settings.attempt(), PATIENT);
      } catch (QueueAccessException e) {
        if (System.nanoTime() - started >= REFUSED_AT_MOST.toNanos()) {
          throw e;
        }
        LOG.warn("{}", e.getMessage());
        Thread.sleep(Duration.ofMillis(500));
      }
    }
  }

  private static void lastWords(Path file, String message) {
    try {
      Files.writeString(file, TextLimit.bothEnds(message, LAST_WORDS_BYTES));
    } catch (IOException e) {
      LOG.warn("the termination message can't be written to {}: {}", file, e.toString());
    }
  }
}
