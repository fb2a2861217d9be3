package dev.batchapi.runtime.collector;

import dev.batchapi.contract.CollectorVariable;
import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.WorkerVariable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a collector is told by its environment; the operator writes it.
 *
 * @param arguments what to do, as JSON
 * @param job the BatchJob's uid
 * @param attempt which of the job's collectors it is, from 0
 * @param items the file with the items of a job without files
 * @param natsUrl servers, separated by commas
 * @param natsCredentials a credentials file; empty without
 * @param terminationLog where the last words go
 */
record CollectorSettings(
    String arguments,
    String job,
    int attempt,
    Path items,
    String natsUrl,
    Optional<Path> natsCredentials,
    Path terminationLog) {

  /**
   * Reads the variables.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  static CollectorSettings from(Map<String, String> env) {
    var attempt = required(env, CollectorVariable.ATTEMPT);
    if (!attempt.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "%s is \"%s\", but must be a number.".formatted(CollectorVariable.ATTEMPT, attempt));
    }
    return new CollectorSettings(
        required(env, CollectorVariable.ARGUMENTS),
        required(env, CollectorVariable.JOB),
        Integer.parseInt(attempt),
        Path.of(PodFiles.FROZEN_INPUT_FOLDER, PodFiles.FROZEN_INPUT_FILE),
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
