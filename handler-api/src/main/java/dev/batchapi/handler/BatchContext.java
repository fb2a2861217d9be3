package dev.batchapi.handler;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which batch is being handled.
 *
 * @param id unique over all jobs, the same at every attempt
 * @param index position of the batch in the job, from 0
 * @param attempt 1 for the first; failed attempts count, lost workers do not
 * @param deadline when the batch timeout ends this attempt; empty without a timeout
 * @param items positions in the job of the items that are handed over, from 0: all of the batch, or
 *     those that failed before
 */
public record BatchContext(
    String id, int index, int attempt, Optional<Instant> deadline, List<Integer> items) {

  public BatchContext {
    items = List.copyOf(items);
  }

  /** Of a batch whose items have no numbers, as in a test of a handler. */
  public BatchContext(String id, int index, int attempt, Optional<Instant> deadline) {
    this(id, index, attempt, deadline, List.of());
  }
}
