package dev.batchapi.operator.status;

import dev.batchapi.queue.End.Verdict;

/**
 * Why a condition is as it is, or why an Event was made: one word for programs. docs/operations.md
 * says of each what to do.
 */
public enum Reason {
  // Reasons of a BatchJob's condition Accepted.

  /** The job was accepted: it runs as it was frozen then. */
  Accepted,
  /** There is no BatchAPI of its name yet. */
  ApiNotFound,
  /** Its BatchAPI can't run jobs now. */
  ApiNotReady,
  /** A ConfigMap with code or input is not there, or is no input. */
  ConfigMapNotFound,
  /** A ConfigMap with code or input lacks a key. */
  ConfigMapKeyNotFound,
  /** The namespace's share of jobs or batches is used up, or its quota of pods. */
  QuotaExceeded,
  /** The API server refuses what the operator has to do for the job: a quota, a policy, a role. */
  OperatorRefused,

  /** Its files are being found and cut into batches. */
  Splitting,

  /** The folder of its output is being looked at. */
  CheckingOutput,

  /** The queue or a store is away or full: files can't be split, or results written, now. */
  StorageUnavailable,
  /** A store for which workers have waited answers again. */
  StorageAvailable,

  /** Its splitters ended again and again without saying what is in its files. An end. */
  SplittingFailed,
  /** The job whose items it runs again has not finished. */
  EarlierJobUnfinished,

  /** The job whose items it is to run again is gone, or its record, or was another's. An end. */
  RerunImpossible,

  /** The job whose items it is to run again has none that failed, or were not finished. An end. */
  NothingToRerun,
  /** The input can't be read or is too large. An end. */
  InputInvalid,
  /** The folder of its output can't be written to, or may not. An end. */
  OutputInvalid,
  /** The folder of its output has another job's results, or will have. An end. */
  OutputExists,
  /** The object breaks a rule that it was made before. An end of a BatchJob. */
  SpecInvalid,
  // Reasons of Enqueued.

  /** Every batch is in the queue, has its outcome, or follows as work is done. */
  Enqueued,
  /** Batches are being put into the queue. */
  Enqueuing,
  /** The queue has no room; a part of the batches is there. */
  QueueFull,
  /** Batches could not be put into the queue for another reason. */
  EnqueueFailed,
  /** The queue does not answer. */
  QueueUnavailable,
  // Reasons of WorkersReady.

  /** As many workers are ready as are wanted. */
  AllReady,
  /** At least one worker is ready. */
  SomeReady,
  /** None is ready yet, and nothing speaks against it. */
  Starting,
  /** None is there: the last ones were lost, others take their place. */
  WorkersLost,
  /** An image can't be pulled. */
  ImagePullFailed,
  /** No node has room for a pod, or fits it. */
  Unschedulable,
  /** Admission refuses a pod. */
  PodRefused,
  /** The API server refuses a Job. */
  WorkerRefused,
  /**
   * A Secret, ConfigMap or claim that a container needs is missing, or it can't be created as it
   * is.
   */
  ContainerConfigInvalid,
  /** An init container that is to stay beside the others ends again and again. */
  InitContainerFailed,
  /** kubelet can't mount a volume. */
  VolumeNotMounted,
  /** An object of the name that one of ours would have belongs to somebody else. */
  NameTaken,
  /** A worker runs and can't reach the queue. */
  QueueUnreachable,
  /** A handler's container runs, and its process has not connected to the worker. */
  HandlerNotConnected,
  /** A worker's Job is suspended, as by Kueue. */
  JobSuspended,
  // Reasons of Waiting.

  /** Its workers wait for permits of the job's rate limit most of the time. */
  RateLimit,
  /** Its handler has asked to be called later, and its workers wait for that most of the time. */
  RetryLater,
  /** Its workers waited, and do so no more. */
  Working,
  // Reasons of Suspended, and of what a suspended job has none of.

  /** spec.suspend is true. */
  Suspended,
  /** spec.suspend is false again. */
  Resumed,
  /** The job has ended; the condition means nothing any more. */
  Finished,
  // Reasons of OutputWritten.

  /** A collector writes the results to the folder of the output. */
  Collecting,
  /** The results were not written to the folder of the output, and won't be. Also an end. */
  OutputFailed,
  // Reasons of Finished, Complete and Failed: the verdicts of the queue's end record.

  /** Every batch succeeded. */
  Complete,
  /** Every batch has its outcome, and some failed. */
  BatchesFailed,
  /** Every batch has its outcome, and of some only items failed. */
  ItemsFailed,
  /** More batches or items failed than may. */
  TooManyFailures,
  /** The handler can't be used. */
  HandlerInvalid,
  /** Workers ended again and again without any progress. */
  WorkersFailed,
  /** A time limit of the job passed. */
  DeadlineExceeded,
  /** spec.cancel was set. */
  Cancelled,
  /** Every batch has its outcome, and on_job_complete failed. */
  OnJobCompleteFailed,
  /** What was frozen for the job was replaced or deleted. */
  RunTampered,
  /** Its workers wrote to the queue what no worker of ours writes, or too much. */
  QueueMisused,
  // Reasons of a BatchAPI's conditions Ready and JobsSubmitted.

  /** Jobs can run. */
  Ready,
  /** A ConfigMap with code has binary data. */
  ConfigMapIsBinary,
  /** The template makes no pod, or one that the namespace doesn't allow. */
  TemplateInvalid,
  /** The namespace doesn't let the operator create Jobs. */
  JobsForbidden,
  /** The operator lacks the files of the Python host. */
  NoPythonHost,
  /** Each entry of spec.jobs is a BatchJob, or was one. */
  Submitted,
  /** The API server refuses a BatchJob of spec.jobs. */
  JobRefused,
  /** A BatchJob of an entry's name is still being deleted. */
  Waiting,
  // Reasons of Events alone.

  /** The first worker is ready. */
  WorkersReady,
  /** A batch failed for good. */
  BatchFailed,
  /** An item of a batch failed for good, and others of it did not. */
  ItemFailed,
  /** A worker ended before its time. */
  WorkerLost,
  /** A job's results and errors are in a ConfigMap. */
  ResultsWritten,
  /** A worker can't resolve the address of the StatsD server. */
  StatsdUnresolved,
  /** An entry of spec.jobs became a BatchJob. */
  JobSubmitted,
  /** A BatchJob of an entry that is gone was deleted. */
  JobRemoved;

  /** The reason that a job's end has. */
  public static Reason of(Verdict verdict) {
    return valueOf(verdict.name());
  }
}
