package dev.batchapi.runtime.host;

import java.io.IOException;

/** A result is longer than it may be. */
public final class ResultTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  ResultTooLargeException(int limit) {
    super(
        "the result has more than %,d bytes as JSON, the limit: return less for each item, use a smaller batchSize, or store it elsewhere and return where it is"
            .formatted(limit));
  }
}
