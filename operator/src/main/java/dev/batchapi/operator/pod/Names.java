package dev.batchapi.operator.pod;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of what belongs to a BatchJob. Jobs are named for people; what a pod mounts also carries
 * the first characters of the BatchJob's uid, for a node may still show it what had the same name
 * before.
 */
public final class Names {
  private static final Pattern WORKER = Pattern.compile(".*-([0-9]+)-([0-9]+)");

  private Names() {}

  /**
   * A worker's Job.
   *
   * @param worker its place among the workers, from 0
   * @param attempt how many Jobs of this worker came before it
   */
  public static String workerJob(String job, int worker, int attempt) {
    return "%s-%d-%d".formatted(job, worker, attempt);
  }

  /** The place among the workers that a Job's name says; empty if it is none of ours. */
  public static OptionalInt worker(String workerJob) {
    return group(workerJob, 1);
  }

  /** Which of its worker's Jobs a Job's name says it is, from 0; empty if it is none of ours. */
  public static OptionalInt attempt(String workerJob) {
    return group(workerJob, 2);
  }

  private static OptionalInt group(String workerJob, int group) {
    Matcher matcher = WORKER.matcher(workerJob);
    return matcher.matches() && matcher.group(group).length() <= 9
        ? OptionalInt.of(Integer.parseInt(matcher.group(group)))
        : OptionalInt.empty();
  }

  /** The ConfigMap with the frozen run and its pod plan. */
  public static String run(String job, String uid) {
    return mounted(job, uid, "run");
  }

  /**
   * The ConfigMap with the author's code as it was when the job was accepted.
   *
   * @param hash of its content: an acceptance that is begun again must not meet another one's code
   */
  public static String code(String job, String uid, String hash) {
    return mounted(job, uid, "code-" + hash);
  }

  /**
   * The ConfigMap with the input as it was when the job was accepted, if a ConfigMap held it.
   *
   * @param hash of its content, as of the code's
   */
  public static String input(String job, String uid, String hash) {
    return mounted(job, uid, "input-" + hash);
  }

  /** The Secret with the workers' credentials for the queue. */
  public static String credentials(String job, String uid) {
    return mounted(job, uid, "nats");
  }

  private static String mounted(String job, String uid, String what) {
    return "%s-%s-%s".formatted(job, uid.substring(0, Math.min(8, uid.length())), what);
  }
}
