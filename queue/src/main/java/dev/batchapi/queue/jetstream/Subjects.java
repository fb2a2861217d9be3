package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Lease;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The subjects of a job, and back. */
public final class Subjects {
  static final String WORK = "WORK";
  static final String OUT = "OUT";
  static final String TRY = "TRY";
  static final String SPLIT = "SPLIT";
  static final String RATE = "RATE";
  static final String PROGRESS = "PROGRESS";

  private static final String ACKNOWLEDGEMENT = "$JS.ACK.";
  private static final int ACKNOWLEDGEMENT_TOKENS = 9;

  private static final String FINAL = "final";
  // Anything else could be a wildcard, or end up as a subject of another job.
  private static final Pattern JOB = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** A batch named by a subject. */
  record Batch(String job, int index) {}

  private Subjects() {}

  public static String checkJob(String job) {
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

  /** Deeper ones and wildcards as words too: what somebody else may have written. */
  static String allOut(String job) {
    return "out." + job + ".>";
  }

  static String attempts(String job, int index) {
    return "try." + job + '.' + token(index);
  }

  static String allAttempts(String job) {
    return "try." + job + ".>";
  }

  /** What a job's workers know of its rate limit. */
  static String rate(String job) {
    return "rate." + job;
  }

  /** What a job's workers say of their waiting. */
  static String waiting(String job) {
    return "wait." + job;
  }

  /** How far a job's splitter is. */
  static String splitProgress(String job) {
    return "progress." + job + ".split";
  }

  /** How far a job's collector is. */
  static String collectProgress(String job) {
    return "progress." + job + ".collect";
  }

  /** What a job's workers wait for. */
  static String workerProgress(String job) {
    return "progress." + job + ".worker";
  }

  static String allProgress(String job) {
    return "progress." + job + ".*";
  }

  static String end(String job) {
    return "end." + job;
  }

  /**
   * What a splitter writes.
   *
   * @param attempt which of the job's splitters it is, from 0
   * @param name what it writes
   */
  static String split(String job, int attempt, String name) {
    if (!JOB.matcher(name).matches()) {
      throw new IllegalArgumentException("\"%s\" is no name of a record".formatted(name));
    }
    return "split." + job + '.' + attempt + '.' + name;
  }

  /**
   * What a collector writes.
   *
   * @param attempt which of the job's collectors it is, from 0
   */
  static String collected(String job, int attempt) {
    return "split." + job + ".collect." + attempt;
  }

  /** All that one of a job's splitters has written. */
  static String allSplit(String job, int attempt) {
    return "split." + job + '.' + attempt + ".>";
  }

  /** All that a job's splitters have written, and anybody else with their credentials. */
  static String allSplit(String job) {
    return "split." + job + ".>";
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
  public static String inboxPrefix(String job) {
    return "_INBOX_" + job + '.';
  }

  /** The only inbox a splitter of this job may listen on: no worker's. */
  public static String splitterInboxPrefix(String job) {
    return "_SPLITTER_INBOX_" + job + '.';
  }

  /** The only inbox a collector of this job may listen on: neither a worker's nor a splitter's. */
  public static String collectorInboxPrefix(String job) {
    return "_COLLECTOR_INBOX_" + job + '.';
  }

  private static String token(int index) {
    return index == Lease.COMPLETION ? FINAL : Integer.toString(index);
  }

  /** Whether this is an {@code end.J}. */
  static boolean isEnd(String subject) {
    return subject.startsWith("end.");
  }

  /** The job of any subject: its second word; null if there is none that could be a job's. */
  static @Nullable String job(String subject) {
    var first = subject.indexOf('.');
    var next = subject.indexOf('.', first + 1);
    var job = subject.substring(first + 1, next < 0 ? subject.length() : next);
    return first > 0 && JOB.matcher(job).matches() ? job : null;
  }

  /** The batch of {@code work.J.i}, {@code out.J.i} or {@code try.J.i}; null for anything else. */
  static @Nullable Batch batch(String subject) {
    var job = job(subject);
    if (job == null) {
      return null;
    }
    var start = subject.indexOf('.') + job.length() + 2;
    var index = start > subject.length() ? null : index(subject.substring(start));
    return index == null ? null : new Batch(job, index);
  }

  /** Only as we write it: another spelling would be another subject for the same batch. */
  private static @Nullable Integer index(String token) {
    if (token.equals(FINAL)) {
      return Lease.COMPLETION;
    }
    if (token.isEmpty() || token.length() > 10 || (token.length() > 1 && token.charAt(0) == '0')) {
      return null;
    }
    var index = 0L;
    for (var i = 0; i < token.length(); i++) {
      var digit = token.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      index = 10 * index + digit;
    }
    return index <= Integer.MAX_VALUE ? (int) index : null;
  }
}
