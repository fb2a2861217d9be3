package dev.batchapi.runtime.protocol;

import java.io.IOException;

/**
 * The other side sent what this protocol doesn't have; the message says what. End the connection.
 */
public class ProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }

  ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
