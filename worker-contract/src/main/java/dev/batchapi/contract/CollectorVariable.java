package dev.batchapi.contract;

/**
 * Variables of the collector's container, beside those of {@link WorkerVariable} that have the same
 * meaning there: the queue's, and where last words go. The storage's are the author's.
 */
public final class CollectorVariable {
  /** What it is to do, as JSON. */
  public static final String ARGUMENTS = "BATCHAPI_COLLECT";

  /** The BatchJob's uid. */
  public static final String JOB = "BATCHAPI_JOB_UID";

  /** Which of the job's collectors it is, from 0. */
  public static final String ATTEMPT = "BATCHAPI_COLLECT_ATTEMPT";

  private CollectorVariable() {}
}
