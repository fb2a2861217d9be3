package dev.batchapi.runtime.worker;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.RunSpecException;
import dev.batchapi.contract.Sha256;
import dev.batchapi.contract.TerminationMessage;
import dev.batchapi.data.store.Stores;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdAddress;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamWorkQueue;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.runtime.protocol.NotFrozenException;
import dev.batchapi.runtime.worker.WorkerExit.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker in a container of its own, beside the handler's: leases from NATS JetStream and waits
 * for its host at a socket. How it ends is its exit code and its termination message: {@link
 * WorkerExit}.
 */
public final class WorkerMain {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  /** How long the queue may refuse a worker that starts. */
  private static final Duration REFUSED_AT_MOST = Duration.ofSeconds(20);

  private WorkerMain() {}

  /**
   * Works until the job is over, then ends the process.
   *
   * @param arguments none; or {@code --train}, to run without a cluster once, for an AOT cache; or
   *     {@code --print-args FOLDER}, to print how the image there starts it; or {@code
   *     --print-unix-args FOLDER}, the same where metrics go to a Unix socket; or {@code
   *     --print-files-args FOLDER}, the same where batches are read from files
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (List.of(arguments).equals(List.of("--train"))) {
      Training.run();
      return;
    }
    if (arguments.length == 2 && arguments[0].equals("--print-args")) {
      WorkerCommand.arguments(Path.of(arguments[1])).forEach(System.out::println);
      return;
    }
    if (arguments.length == 2 && arguments[0].equals("--print-unix-args")) {
      WorkerCommand.unixArguments(Path.of(arguments[1])).forEach(System.out::println);
      return;
    }
    if (arguments.length == 2 && arguments[0].equals("--print-files-args")) {
      WorkerCommand.filesArguments(Path.of(arguments[1])).forEach(System.out::println);
      return;
    }
    WorkerSettings settings;
    try {
      settings = WorkerSettings.from(System.getenv());
    } catch (IllegalArgumentException e) {
      LOG.error("{}", e.getMessage());
      System.exit(ExitCode.USAGE.code());
      return;
    }
    System.exit(run(settings).reason().code());
  }

  /** Works until the job is over; SIGTERM ends it in order from now on. */
  static WorkerExit run(WorkerSettings settings) {
    var termination = new Termination(settings.grace());
    var exit = work(settings, termination);
    LOG.info("{}: {}", exit.reason(), exit.message());
    lastWords(settings.terminationLog(), exit.message());
    termination.finished(exit);
    return exit;
  }

  private static WorkerExit work(WorkerSettings settings, Termination termination) {
    try {
      var bytes = Files.readAllBytes(settings.run());
      settings.runDigest().ifPresent(digest -> check(digest, bytes, settings.run()));
      for (var folder : settings.frozen()) {
        folder.read();
      }
      var run = RunSpec.read(bytes);
      // A socket that the run names is the platform's, and only its settings say where it is here.
      var statsd =
          Optional.ofNullable(run.metrics().statsd())
              .filter(address -> !address.startsWith(StatsdAddress.UNIX))
              .or(settings::statsd);
      var flavour =
          Optional.ofNullable(run.metrics().flavour())
              .map(chosen -> Flavour.valueOf(chosen.name()))
              .orElse(settings.statsdFlavour());
      try (var socket = new HostSocket(settings.socket());
          var metrics = metrics(statsd, flavour, run.metrics().tags());
          var reached = new SignalPort(settings.queuePort(), "connected to the queue");
          var met = new SignalPort(settings.hostPort(), "connected to its host");
          var ready = new SignalPort(settings.readyPort(), "ready");
          var stores = Stores.ofPod(System.getenv());
          var queue = connect(settings, run)) {
        reached.open();
        var output = run.output();
        var large = output == null ? LargeResults.none() : new StoredResults(output.path(), stores);
        var hosts =
            new AwaitedHosts(
                socket,
                StartFrames.of(run, statsd.orElse(null), flavour, large.maxBytes()),
                metrics,
                met::open,
                settings.hostWait(),
                Optional.ofNullable(run.timeouts().startupSeconds()).map(Duration::ofSeconds));
        var worker =
            new Worker(
                Assignment.of(run), queue, ready.announcing(hosts), payloads(run, stores), large);
        termination.of(worker);
        return worker.run();
      }
    } catch (NotFrozenException e) {
      return new WorkerExit(Reason.TAMPERED, String.valueOf(e.getMessage()));
    } catch (QueueAccessException e) {
      return new WorkerExit(Reason.QUEUE_REFUSED, String.valueOf(e.getMessage()));
    } catch (IOException | RunSpecException | IllegalArgumentException e) {
      return new WorkerExit(Reason.UNEXPECTED, "The worker can't start: " + e.getMessage());
    } catch (InterruptedException e) {
      return new WorkerExit(Reason.DONE, "stopped");
    }
  }

  private static Payloads payloads(RunSpec run, Stores stores) {
    var again = run.rerun() != null;
    if (run.files() == null) {
      return again ? new RerunPayloads() : Payloads.CARRIED;
    }
    var files = FilePayloads.of(run.files(), stores);
    return again ? files::again : files;
  }

  private static void check(String digest, byte[] run, Path file) {
    var found = Sha256.hex(run);
    if (!found.equalsIgnoreCase(digest)) {
      throw new NotFrozenException(
          "the run in %s is not the one that the operator wrote: its SHA-256 is %s, and not %s"
              .formatted(file, found, digest));
    }
  }

  private static JetStreamWorkQueue connect(WorkerSettings settings, RunSpec run)
      throws InterruptedException {
    var access =
        new NatsAccess(
            settings.natsUrl(),
            settings.natsCredentials().orElse(null),
            Optional.ofNullable(System.getenv("HOSTNAME")).orElse("worker"));
    var pause = new Pause();
    var started = System.nanoTime();
    while (true) {
      try {
        return JetStreamWorkQueue.connect(
            access,
            run.job().uid(),
            run.totalBatches(),
            JetStreamSettings.DEFAULT.withLease(settings.lease()));
      } catch (QueueUnavailableException e) {
        LOG.warn("the queue can't be reached yet: {}", e.getMessage());
        pause.take();
      } catch (QueueAccessException e) {
        if (System.nanoTime() - started >= REFUSED_AT_MOST.toNanos()) {
          throw e;
        }
        // The account of a new namespace is on its way, or this node shows an older file.
        LOG.warn("{}", e.getMessage());
        pause.take();
      }
    }
  }

  private static StatsdMetrics metrics(
      Optional<String> statsd, Flavour flavour, Map<String, String> tags) {
    return statsd
        .map(
            address ->
                StatsdMetrics.open(
                    MetricsSettings.parse(address).withFlavour(flavour).withTags(tags)))
        .orElseGet(StatsdMetrics::unconfigured);
  }

  private static void lastWords(Path file, String message) {
    try {
      TerminationMessage.write(file, message);
    } catch (IOException e) {
      LOG.warn("the termination message can't be written to {}: {}", file, e.toString());
    }
  }
}
