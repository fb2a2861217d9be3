package dev.batchapi.contract;

/**
 * Variables of the splitter's container, beside those of {@link WorkerVariable} that have the same
 * meaning there: the queue's, and where last words go. The storage's are the author's.
 */
public final class SplitterVariable {
  /** What it is to do, as JSON. */
  public static final String ARGUMENTS = "BATCHAPI_SPLIT";

  /** The BatchJob's uid. */
  public static final String JOB = "BATCHAPI_JOB_UID";

  /** Which of the job's splitters it is, from 0. */
  public static final String ATTEMPT = "BATCHAPI_SPLIT_ATTEMPT";

  private SplitterVariable() {}
}
