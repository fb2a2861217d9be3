package dev.batchapi.contract;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a splitter or a collector is told by its environment; the operator writes it.
 *
 * @param arguments what to do, as JSON
 * @param job the BatchJob's uid
 * @param attempt which of the job's splitters, or collectors, it is, from 0
 * @param natsUrl servers, separated by commas
 * @param natsCredentials a credentials file; empty without
 * @param terminationLog where the last words go
 */
public record ProgramSettings(
    String arguments,
    String job,
    int attempt,
    String natsUrl,
    Optional<Path> natsCredentials,
    Path terminationLog) {

  /**
   * Reads a splitter's variables.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static ProgramSettings ofSplitter(Map<String, String> env) {
    return of(env, SplitterVariable.ARGUMENTS, SplitterVariable.JOB, SplitterVariable.ATTEMPT);
  }

  /** The same for a collector's. */
  public static ProgramSettings ofCollector(Map<String, String> env) {
    return of(env, CollectorVariable.ARGUMENTS, CollectorVariable.JOB, CollectorVariable.ATTEMPT);
  }

  private static ProgramSettings of(
      Map<String, String> env, String arguments, String job, String attempt) {
    var number = required(env, attempt);
    if (!number.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "%s is \"%s\", but must be a number.".formatted(attempt, number));
    }
    return new ProgramSettings(
        required(env, arguments),
        required(env, job),
        Integer.parseInt(number),
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
