package dev.batchapi.data.collect;

/** Why a job's output folder can't be used. */
public enum OutputProblem {
  /** It has another job's results, or another job is about to write them there. */
  OutputExists,
  /** It is outside of the allowed folders, or the store refuses to have it written to. */
  OutputRefused,
  /** What the results are made of is not what it was: references or items were replaced. */
  Tampered
}
