package dev.batchapi.operator.job.observe;

import java.time.Instant;
import java.util.Optional;

/** Where a worker is, as its Job and its pod say. */
public sealed interface WorkerState {

  /**
   * No container runs yet; in trouble, or just not there yet.
   *
   * @param unseen whether it has no pod, so that nothing tells of its troubles
   */
  record Pending(Optional<Trouble> trouble, boolean unseen) implements WorkerState {}

  /** Its containers run, its handler is not constructed yet. */
  record Starting() implements WorkerState {}

  /** Its handler is constructed: it takes batches. */
  record Ready() implements WorkerState {}

  /** Told to end, by whomever; it may still finish its batch. */
  record Stopping() implements WorkerState {}

  /**
   * It is over.
   *
   * @param how what follows from it
   * @param lastWords for people
   * @param at when, as far as known
   */
  record Ended(How how, String lastWords, Instant at) implements WorkerState {}

  /** What follows from a worker's end. */
  enum How {
    /** It ended in order. */
    DONE,
    /** Its handler can't be used, by no worker: the job fails. */
    HANDLER_INVALID,
    /** What it found mounted is not what was frozen: the job ends. */
    TAMPERED,
    /** A store refuses it, and would refuse every other one: the job fails. */
    STORE_REFUSED,
    /** Its handler could not be constructed; another worker may try. */
    HANDLER_BROKEN,
    /** Its containers never ran: an init container failed, or the node refused the pod. */
    NEVER_STARTED,
    /** Someone took its pod away: an eviction, a drained node, kubectl. Not its fault. */
    DISRUPTED,
    /** It was killed, crashed, or ended its process with its handler's. */
    LOST
  }

  /** Whether it works, or is on its way to. */
  default boolean isLive() {
    return switch (this) {
      case Pending _, Starting _, Ready _ -> true;
      case Stopping _, Ended _ -> false;
    };
  }
}
