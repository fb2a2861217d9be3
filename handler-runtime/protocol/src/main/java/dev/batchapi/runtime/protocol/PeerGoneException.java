package dev.batchapi.runtime.protocol;

import java.io.IOException;

/** The other side has closed the socket, or its process ended. */
public final class PeerGoneException extends IOException {
  private static final long serialVersionUID = 1L;

  PeerGoneException(String message) {
    super(message);
  }

  PeerGoneException(String message, Throwable cause) {
    super(message, cause);
  }
}
