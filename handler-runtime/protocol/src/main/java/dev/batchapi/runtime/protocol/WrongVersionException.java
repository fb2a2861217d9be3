package dev.batchapi.runtime.protocol;

/** The other side speaks another version of the protocol. */
public final class WrongVersionException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  WrongVersionException(String message) {
    super(message);
  }
}
