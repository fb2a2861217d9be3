package dev.batchapi.runtime.protocol;

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
 */
public record HandlerError(Reason reason, String type, String message, String stack) {

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
            reason, Truncation.to(type, limit / 16), Truncation.to(message, limit / 4), "");
    int left = limit - lean.encode().length;
    return new HandlerError(
            reason, lean.type, lean.message, Truncation.middle(stack, Math.max(0, left)))
        .encode();
  }

  public byte[] encode() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("reason", reason.name());
    json.put("type", type);
    json.put("message", message);
    json.put("stack", stack);
    return PlainJson.write(json);
  }

  public static HandlerError decode(byte[] body) throws ProtocolException {
    JsonObject json = PlainJson.readObject("an error", body);
    return new HandlerError(
        reason(json.string("reason")),
        json.string("type"),
        json.string("message"),
        json.string("stack"));
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
