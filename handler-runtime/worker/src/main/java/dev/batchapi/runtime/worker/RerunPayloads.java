package dev.batchapi.runtime.worker;

import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.queue.Lease;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Payloads of a job that runs some items of an earlier one again, and whose items the queue
 * carries. Loaded only by workers of such jobs.
 */
final class RerunPayloads implements Payloads {
  @Override
  public Fetched of(Lease lease) {
    try {
      return of(
          lease,
          ref -> {
            throw new IllegalStateException("items of files in a job without files");
          });
    } catch (InputException e) {
      return new Fetched.Invalid(String.valueOf(e.getMessage()));
    }
  }

  /** Throws what {@link RerunBatch#read} throws. */
  static Fetched of(Lease lease, Function<BatchRef, ReadBatch> reader) {
    var batch = RerunBatch.read(lease.payload());
    return Fetched.of(batch.read(reader), Arrays.stream(batch.numbers()).boxed().toList());
  }
}
