package dev.batchapi.runtime.protocol;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the author's code threw, or what is wrong with its result.
 *
 * @param reason what follows from it
 * @param type the exception's class, as its language names it
 * @param message its message, possibly empty
 * @param stack the author's own frames, possibly empty
 * @param afterMillis of {@link Reason#RetryLater}: when to hand it over again; else 0
 * @param ranMillis how long the item ran that it is of; -1 if that is not known, or it is not of
 *     one item
 */
public record HandlerError(
    Reason reason, String type, String message, String stack, int afterMillis, int ranMillis) {
  private static final int UNKNOWN = -1;

  /** The longest time after which something is handed over again. */
  public static final int LONGEST_WAIT_MILLIS = 3_600_000;

  /** Of which it is not known how long anything ran. */
  public HandlerError(Reason reason, String type, String message, String stack, int afterMillis) {
    this(reason, type, message, stack, afterMillis, UNKNOWN);
  }

  /** Of anything but {@link Reason#RetryLater}. */
  public HandlerError(Reason reason, String type, String message, String stack) {
    this(reason, type, message, stack, 0);
  }

  /** What follows from an error. The names are those on the wire. */
  public enum Reason {
    /** Tried again. */
    HandlerFailed,
    /** Tried again: the host ended it at the batch's deadline, and the stack says where it was. */
    TimedOut,
    /** Of an item alone: the deadline passed before it was begun. Tried again, and no attempt. */
    NotBegun,
    /** Tried again, in another process: this one is broken. */
    WorkerBroken,
    /** Handed over again after a time that the author says; no attempt. */
    RetryLater,
    /** Not tried again: the author said so, or it can't end otherwise. */
    FatalError,
    /** Not tried again: the result can't be written as JSON, or is too large. */
    ResultInvalid
  }

  /** This error, cut so that it is at most {@code limit} bytes as JSON; the message goes last. */
  public byte[] encode(int limit) {
    byte[] whole = encode();
    if (whole.length <= limit) {
      return whole;
    }
    HandlerError lean =
        new HandlerError(
            reason,
            Truncation.to(type, limit / 16),
            Truncation.to(message, limit / 4),
            "",
            afterMillis,
            ranMillis);
    int left = limit - lean.encode().length;
    return new HandlerError(
            reason,
            lean.type,
            lean.message,
            Truncation.middle(stack, Math.max(0, left)),
            afterMillis,
            ranMillis)
        .encode();
  }

  /** The same of an item that ran so long. */
  public HandlerError ran(Duration time) {
    int millis = (int) Math.min(time.toMillis(), Integer.MAX_VALUE);
    return new HandlerError(reason, type, message, stack, afterMillis, millis);
  }

  public byte[] encode() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("reason", reason.name());
    json.put("type", type);
    json.put("message", message);
    json.put("stack", stack);
    if (reason == Reason.RetryLater) {
      json.put("after_millis", afterMillis);
    }
    if (ranMillis != UNKNOWN) {
      json.put("ran_millis", ranMillis);
    }
    return PlainJson.write(json);
  }

  public static HandlerError decode(byte[] body) throws ProtocolException {
    JsonObject json = PlainJson.readObject("an error", body);
    Reason reason = reason(json.string("reason"));
    int after = reason == Reason.RetryLater ? json.integer("after_millis") : 0;
    if (after < 0 || after > LONGEST_WAIT_MILLIS) {
      throw new ProtocolException("an error that is over in " + after + " ms");
    }
    return new HandlerError(
        reason,
        json.string("type"),
        json.string("message"),
        json.string("stack"),
        after,
        json.has("ran_millis") ? json.integer("ran_millis") : UNKNOWN);
  }

  private static Reason reason(String name) throws ProtocolException {
    for (Reason reason : Reason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    throw new ProtocolException("an error of unknown reason " + name);
  }
}
