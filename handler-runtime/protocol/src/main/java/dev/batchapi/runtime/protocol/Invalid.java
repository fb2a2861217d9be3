package dev.batchapi.runtime.protocol;

import java.util.Map;

/**
 * The handler can't be used, and never will.
 *
 * @param message names file, class and what was expected
 */
public record Invalid(String message) {

  /** This message, cut so that it is at most {@code limit} bytes as JSON. */
  public byte[] encode(int limit) {
    int overhead = new Invalid("").encode().length;
    return new Invalid(Truncation.to(message, Math.max(0, limit - overhead))).encode();
  }

  public byte[] encode() {
    return PlainJson.write(Map.of("message", message));
  }

  public static Invalid decode(byte[] body) throws ProtocolException {
    return new Invalid(PlainJson.readObject("INVALID", body).string("message"));
  }
}
