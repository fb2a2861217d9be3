package dev.batchapi.runtime.host;

import java.io.IOException;

/** A result is longer than it may be. */
public final class ResultTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What a job with an output may return for a batch, in bytes. */
  private static final int WITH_OUTPUT = 64 << 20;

  private static final String WAY_OUT =
      ", set output in the job (or --results on a laptop), with which a batch may return 64 MiB";

  ResultTooLargeException(int limit) {
    super(
        "the result has more than %,d bytes as JSON, the limit: return less for each item, use a smaller batchSize%s, or store it elsewhere and return where it is"
            .formatted(limit, limit < WITH_OUTPUT ? WAY_OUT : ""));
  }
}
