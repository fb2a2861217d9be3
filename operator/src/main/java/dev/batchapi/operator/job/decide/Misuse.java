package dev.batchapi.operator.job.decide;

import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.NextStep;
import dev.batchapi.queue.Usage;
import java.util.Optional;

/**
 * Whether a job's workers write to the queue what no worker of ours writes. A handler can't do so;
 * somebody has the job's credentials, or a worker is not what it was built as.
 */
public final class Misuse {
  /** Room for what a version to come may write that this one doesn't know. */
  static final int GARBAGE_RECORDS = 1_000;

  static final long GARBAGE_BYTES = 16L << 20;

  /** A worker that is stopped gives its batch back, which is such a record: these are many. */
  static final int IDLE_RECORDS = 10_000;

  private static final long MIB = 1 << 20;

  private Misuse() {}

  /**
   * The end of a job that misuses the queue.
   *
   * @param total batches of the job
   * @param most bytes that it may write; 0: any number
   */
  public static Optional<NextStep.Finish> of(Usage usage, int total, long most) {
    if (usage.garbage() > GARBAGE_RECORDS || usage.garbageBytes() > GARBAGE_BYTES) {
      return finish(
          ("The job's workers wrote %d records (%d MiB) to the queue that are of none of its"
                  + " batches; %d, or %d MiB, are the most. Its credentials are in other hands, or its"
                  + " worker image is not the one of this operator.")
              .formatted(
                  usage.garbage(),
                  usage.garbageBytes() / MIB,
                  GARBAGE_RECORDS,
                  GARBAGE_BYTES / MIB));
    }
    if (usage.idle() > IDLE_RECORDS + 10L * total) {
      return finish(
          "The job's workers wrote %d records of failed attempts to the queue that say nothing new."
              .formatted(usage.idle()));
    }
    if (most > 0 && usage.bytes() > most) {
      return finish(
          ("The job's workers wrote %d MiB to the queue; %d MiB are the most for one job. Return"
                  + " smaller results, or let the administrator raise BATCHAPI_JOB_MIB.")
              .formatted(usage.bytes() / MIB, most / MIB));
    }
    return Optional.empty();
  }

  private static Optional<NextStep.Finish> finish(String message) {
    return Optional.of(new NextStep.Finish(Verdict.QueueMisused, message));
  }
}
