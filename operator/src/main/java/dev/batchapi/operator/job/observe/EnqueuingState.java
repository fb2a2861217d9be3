package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.status.Reason;

/** How far the publishing of a job's batches is. */
public sealed interface EnqueuingState {

  /** It goes on. */
  record Running() implements EnqueuingState {}

  /** Every batch is there, has its outcome or follows later, as of a while ago at the most. */
  record Done() implements EnqueuingState {}

  /** The input is not the one that was frozen: the job ends. */
  record Tampered(String message) implements EnqueuingState {}

  /** It has not begun: the job is suspended, and was so from the start. */
  record Held() implements EnqueuingState {}

  /** It did not succeed; it is tried again. */
  record Failed(Reason reason, String message) implements EnqueuingState {}
}
