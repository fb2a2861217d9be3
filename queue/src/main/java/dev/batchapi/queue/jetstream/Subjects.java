package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Lease;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The subjects of a job, and back. */
final class Subjects {
  static final String WORK = "WORK";
  static final String OUT = "OUT";
  static final String TRY = "TRY";

  private static final String ACKNOWLEDGEMENT = "$JS.ACK.";
  private static final int ACKNOWLEDGEMENT_TOKENS = 9;

  private static final String FINAL = "final";
  // Anything else could be a wildcard, or end up as a subject of another job.
  private static final Pattern JOB = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** A batch named by a subject. */
  record Batch(String job, int index) {}

  private Subjects() {}

  static String checkJob(String job) {
    if (!JOB.matcher(job).matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is no job's uid: 1 to 64 letters, digits, \"-\" or \"_\".".formatted(job));
    }
    return job;
  }

  static String work(String job, int index) {
    return "work." + job + '.' + token(index);
  }

  static String allWork(String job) {
    return "work." + job + ".*";
  }

  static String out(String job, int index) {
    return "out." + job + '.' + token(index);
  }

  static String allOut(String job) {
    return "out." + job + ".*";
  }

  static String attempts(String job, int index) {
    return "try." + job + '.' + token(index);
  }

  static String allAttempts(String job) {
    return "try." + job + ".*";
  }

  static String end(String job) {
    return "end." + job;
  }

  /** Whether it names a batch of this job, which has so many, or its completion. */
  static boolean isWork(@Nullable String subject, String job, int batches) {
    if (subject == null || !subject.startsWith("work.")) {
      return false;
    }
    var batch = batch(subject);
    return batch != null
        && batch.job.equals(job)
        && (batch.index == Lease.COMPLETION || batch.index < batches);
  }

  /**
   * Whether an answer there acknowledges a message of this job's consumer: {@code
   * $JS.ACK.WORK.J.…}, or {@code $JS.ACK.<domain>.<account>.WORK.J.…} from servers that are told to
   * say so.
   */
  static boolean isAcknowledgement(@Nullable String replyTo, String job) {
    if (replyTo == null || !replyTo.startsWith(ACKNOWLEDGEMENT)) {
      return false;
    }
    var tokens = replyTo.split("\\.", -1);
    var stream = tokens.length == ACKNOWLEDGEMENT_TOKENS ? 2 : 4;
    return tokens.length >= ACKNOWLEDGEMENT_TOKENS
        && tokens.length != ACKNOWLEDGEMENT_TOKENS + 1
        && tokens[stream].equals(WORK)
        && tokens[stream + 1].equals(job);
  }

  /** The only inbox a worker of this job may listen on. */
  static String inboxPrefix(String job) {
    return "_INBOX_" + job + '.';
  }

  private static String token(int index) {
    return index == Lease.COMPLETION ? FINAL : Integer.toString(index);
  }

  /** The job of {@code end.J}; null for any other subject. */
  static @Nullable String jobOfEnd(String subject) {
    return subject.startsWith("end.") ? subject.substring(4) : null;
  }

  /** The batch of {@code work.J.i}, {@code out.J.i} or {@code try.J.i}; null for anything else. */
  static @Nullable Batch batch(String subject) {
    var first = subject.indexOf('.');
    var last = subject.lastIndexOf('.');
    if (first < 0 || first == last) {
      return null;
    }
    var index = index(subject.substring(last + 1));
    return index == null ? null : new Batch(subject.substring(first + 1, last), index);
  }

  private static @Nullable Integer index(String token) {
    if (token.equals(FINAL)) {
      return Lease.COMPLETION;
    }
    try {
      var index = Integer.parseInt(token);
      return index >= 0 ? index : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
