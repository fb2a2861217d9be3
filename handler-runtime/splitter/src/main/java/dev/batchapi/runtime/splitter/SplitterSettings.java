package dev.batchapi.runtime.splitter;

import dev.batchapi.contract.SplitterVariable;
import dev.batchapi.contract.WorkerVariable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a splitter is told by its environment; the operator writes it.
 *
 * @param arguments what to do, as JSON
 * @param job the BatchJob's uid
 * @param attempt which of the job's splitters it is, from 0
 * @param natsUrl servers, separated by commas
 * @param natsCredentials a credentials file; empty without
 * @param terminationLog where the last words go
 */
record SplitterSettings(
    String arguments,
    String job,
    int attempt,
    String natsUrl,
    Optional<Path> natsCredentials,
    Path terminationLog) {

  /**
   * Reads the variables.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  static SplitterSettings from(Map<String, String> env) {
    var attempt = required(env, SplitterVariable.ATTEMPT);
    if (!attempt.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "%s is \"%s\", but must be a number.".formatted(SplitterVariable.ATTEMPT, attempt));
    }
    return new SplitterSettings(
        required(env, SplitterVariable.ARGUMENTS),
        required(env, SplitterVariable.JOB),
        Integer.parseInt(attempt),
        required(env, WorkerVariable.NATS_URL),
        Optional.ofNullable(env.get(WorkerVariable.NATS_CREDENTIALS)).map(Path::of),
        Path.of(env.getOrDefault(WorkerVariable.TERMINATION_LOG, "/dev/termination-log")));
  }

  private static String required(Map<String, String> env, String name) {
    var value = env.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("%s is not set.".formatted(name));
    }
    return value;
  }
}
