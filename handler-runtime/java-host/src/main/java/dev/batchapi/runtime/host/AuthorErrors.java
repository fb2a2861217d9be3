package dev.batchapi.runtime.host;

import dev.batchapi.handler.FatalBatchException;
import dev.batchapi.handler.ItemException;
import dev.batchapi.handler.ReservedMetricNameException;
import dev.batchapi.handler.RetryLaterException;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the worker is told about what the author's code threw. Never throws itself. */
final class AuthorErrors {
  private static final String UNREADABLE = "(its message can't be read: ";

  /** More characters of a text than any error has room for. */
  private static final int MOST = 16 << 10;

  private AuthorErrors() {}

  /** For whatever came out of the author's code. */
  static HandlerError of(Throwable thrown) {
    if (thrown instanceof HandlerTimedOut late) {
      return late.error();
    }
    boolean broken = Breakage.isIn(thrown);
    // What broke the process stays broken, however long one waits.
    if (!broken && thrown instanceof RetryLaterException later) {
      int after = Math.toIntExact(later.after().toMillis());
      String type = thrown.getClass().getName();
      return new HandlerError(Reason.RetryLater, type, message(thrown), "", after);
    }
    boolean fatal =
        thrown instanceof FatalBatchException
            || thrown instanceof ReservedMetricNameException
            || (thrown instanceof ItemException item && item.isFatal());
    return new HandlerError(
        broken ? Reason.WorkerBroken : fatal ? Reason.FatalError : Reason.HandlerFailed,
        thrown.getClass().getName(),
        message(thrown),
        AuthorStack.of(thrown));
  }

  /** For items or a result that don't fit; {@code reason} says which. */
  static HandlerError of(BindingException misfit, Reason reason) {
    Throwable cause = misfit.getCause();
    String type =
        cause != null
            ? cause.getClass().getName()
            : reason == Reason.ResultInvalid ? "ResultInvalid" : "ItemInvalid";
    return new HandlerError(
        reason, type, message(misfit), cause == null ? "" : AuthorStack.of(cause));
  }

  /** For a list that is not as long as it must be, or no list where there must be one. */
  static HandlerError misshapen(String message) {
    return new HandlerError(Reason.ResultInvalid, "ResultInvalid", message, "");
  }

  /** For a result that is too large. */
  static HandlerError tooLarge(ResultTooLargeException e) {
    return new HandlerError(Reason.ResultInvalid, "ResultInvalid", message(e), "");
  }

  /** For more items' errors than an answer has room for. */
  static HandlerError tooMany(Collection<HandlerError> errors, int bytes) {
    HandlerError first = errors.iterator().next();
    boolean again = errors.stream().anyMatch(error -> mayBeTriedAgain(error.reason()));
    return new HandlerError(
        again ? Reason.HandlerFailed : Reason.FatalError,
        first.type(),
        "%,d items failed, and with their errors the answer has %,d bytes, of %,d: use a smaller batchSize. The first error: %s"
            .formatted(errors.size(), bytes, FrameChannel.MAX_FRAME_BYTES, first.message()),
        first.stack());
  }

  private static boolean mayBeTriedAgain(Reason reason) {
    return switch (reason) {
      case HandlerFailed, TimedOut, NotBegun, RetryLater, WorkerBroken -> true;
      case FatalError, ResultInvalid -> false;
    };
  }

  private static String message(Throwable thrown) {
    return text(thrown::getMessage, "getMessage");
  }

  /** The exception's first line as Java prints it. Never throws, however broken its class is. */
  static String line(Throwable thrown) {
    String text = text(thrown::toString, "toString");
    return text.startsWith(UNREADABLE) ? thrown.getClass().getName() + ": " + text : text;
  }

  private static String text(Supplier<@Nullable String> method, String name) {
    try {
      String text = method.get();
      return text == null ? "" : text.substring(0, Math.min(MOST, text.length()));
    } catch (Throwable broken) {
      return UNREADABLE + name + "() threw " + broken.getClass().getName() + ")";
    }
  }
}
