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

  /**
   * The ConfigMap with the frozen run and its pod plan.
   *
   * @param digest of all that was frozen: an acceptance that is begun again, or an object that
   *     somebody else has made, has another one
   */
  public static String run(JobId job, String digest) {
    return files(job, "run", digest);
  }

  /**
   * A ConfigMap with files as they were when the job was accepted.
   *
   * @param what {@code code} or {@code input}
   * @param digest of its content
   */
  static String files(JobId job, String what, String digest) {
    return mounted(job.name(), job.uid(), what + '-' + Digest.shortened(digest));
  }

  /** The Secret with the workers' credentials for the queue. */
  public static String credentials(String job, String uid) {
    return mounted(job, uid, "nats");
  }

  /** The ConfigMap with an ended job's results and errors: for people, and mounted by nobody. */
  public static String results(String job) {
    return job + "-results";
  }

  static String mounted(String job, String uid, String what) {
    return "%s-%s-%s".formatted(job, uid.substring(0, Math.min(8, uid.length())), what);
  }
}
