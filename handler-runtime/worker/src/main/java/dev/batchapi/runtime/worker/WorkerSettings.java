package dev.batchapi.runtime.worker;

import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.WorkerVariable;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.runtime.protocol.FrozenFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What a worker in a cluster is told by its environment; the operator writes it.
 *
 * @param run the frozen run, a JSON file
 * @param socket where the host connects
 * @param natsUrl servers, separated by commas
 * @param natsCredentials a credentials file; empty without
 * @param statsd {@code host:port} or {@code unix:///path} of the platform's StatsD service; empty
 *     for nowhere
 * @param statsdFlavour whose rules that service has
 * @param lease how long a lease lasts; the same as the operator's
 * @param hostWait how long the handler's container may take to connect, its image's pull included
 * @param grace how long the batch in hand may go on after SIGTERM
 * @param terminationLog where the last words go
 * @param runDigest SHA-256 that the run must have, in hexadecimal figures; empty: any
 * @param frozen what else is mounted into the pod and must be what it was: code and Python host
 * @param readyPort where the worker listens from the moment its handler is constructed, so that a
 *     probe sees it; empty: nowhere
 * @param queuePort the same from the moment it has reached the queue
 * @param hostPort the same from the moment its host has connected
 */
public record WorkerSettings(
    Path run,
    Path socket,
    String natsUrl,
    Optional<Path> natsCredentials,
    Optional<String> statsd,
    Flavour statsdFlavour,
    Duration lease,
    Duration hostWait,
    Duration grace,
    Path terminationLog,
    Optional<String> runDigest,
    List<FrozenFolder> frozen,
    OptionalInt readyPort,
    OptionalInt queuePort,
    OptionalInt hostPort) {

  /**
   * Reads the variables of {@link WorkerVariable}; only that of the queue has no default.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static WorkerSettings from(Map<String, String> environment) {
    var env = new Environment(environment);
    return new WorkerSettings(
        Path.of(env.text(WorkerVariable.RUN, PodFiles.RUN)),
        Path.of(env.text(WorkerVariable.SOCKET, PodFiles.SOCKET)),
        env.required(WorkerVariable.NATS_URL),
        env.optional(WorkerVariable.NATS_CREDENTIALS).map(Path::of),
        env.optional(WorkerVariable.STATSD),
        flavour(env.text(WorkerVariable.STATSD_FLAVOUR, "prometheus")),
        env.seconds(WorkerVariable.LEASE_SECONDS, 15, 3, 3600),
        env.seconds(WorkerVariable.HOST_WAIT_SECONDS, 900, 1, 86_400),
        env.seconds(WorkerVariable.GRACE_SECONDS, 50, 0, 86_400),
        Path.of(env.text(WorkerVariable.TERMINATION_LOG, "/dev/termination-log")),
        env.optional(WorkerVariable.RUN_DIGEST),
        Stream.of(
                env.frozen(WorkerVariable.CODE, PodFiles.FROZEN_CODE_FOLDER),
                env.frozen(WorkerVariable.PYTHON_HOST, PodFiles.FROZEN_HOST_FOLDER))
            .flatMap(Optional::stream)
            .toList(),
        env.port(WorkerVariable.READY_PORT),
        env.port(WorkerVariable.QUEUE_PORT),
        env.port(WorkerVariable.HOST_PORT));
  }

  private static Flavour flavour(String text) {
    try {
      return Flavour.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s is %s.".formatted(WorkerVariable.STATSD_FLAVOUR, e.getMessage()), e);
    }
  }

  private record Environment(Map<String, String> variables) {

    Optional<String> optional(String name) {
      return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    String text(String name, String fallback) {
      return optional(name).orElse(fallback);
    }

    String required(String name) {
      return optional(name)
          .orElseThrow(() -> new IllegalArgumentException("%s is not set.".formatted(name)));
    }

    Duration seconds(String name, int fallback, int least, int most) {
      var value = optional(name);
      return Duration.ofSeconds(
          value.isEmpty() ? fallback : number(name, value.get(), "number of seconds", least, most));
    }

    Optional<FrozenFolder> frozen(String name, String fallback) {
      return optional(name + "_DIGEST")
          .map(digest -> new FrozenFolder(Path.of(text(name, fallback)), digest));
    }

    OptionalInt port(String name) {
      var value = optional(name);
      return value.isEmpty()
          ? OptionalInt.empty()
          : OptionalInt.of(number(name, value.get(), "port", 1, 65_535));
    }

    private static int number(String name, String text, String what, int least, int most) {
      if (!text.matches("[0-9]{1,9}")
          || Integer.parseInt(text) < least
          || Integer.parseInt(text) > most) {
        throw new IllegalArgumentException(
            "%s is \"%s\", but must be a %s from %d to %d."
                .formatted(name, text, what, least, most));
      }
      return Integer.parseInt(text);
    }
  }
}
