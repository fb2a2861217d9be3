package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;

/** The batch's deadline has passed; carries what the worker is told of it. */
final class HandlerTimedOut extends Exception {
  private static final long serialVersionUID = 1;

  /** As an author sees it in place of the exception's class. */
  private static final String TYPE = "TimedOut";

  private static final String ENDED =
      "It took longer than timeouts.batchSeconds allows, and was ended where its stack says.";
  private static final String NOT_BEGUN =
      "The batch took longer than timeouts.batchSeconds allows before this item was begun.";

  private final transient HandlerError error;

  private HandlerTimedOut(HandlerError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  /**
   * It was ended.
   *
   * @param stack where it stood at the deadline
   */
  static HandlerTimedOut at(String stack) {
    return new HandlerTimedOut(new HandlerError(Reason.TimedOut, TYPE, ENDED, stack));
  }

  /** It goes on in spite of that, and so would beside the next batch. */
  static HandlerTimedOut goesOnAt(String stack) {
    return new HandlerTimedOut(new HandlerError(Reason.WorkerBroken, TYPE, ENDED, stack));
  }

  /** One item was not begun. */
  static HandlerTimedOut beforeItWasBegun() {
    return new HandlerTimedOut(new HandlerError(Reason.NotBegun, TYPE, NOT_BEGUN, ""));
  }

  HandlerError error() {
    return error;
  }
}
