package dev.batchapi.runtime.worker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a host is asked to handle: a batch, or those of its items that failed before.
 *
 * @param id the batch's id, as the handler sees it
 * @param index position of the batch in the job
 * @param firstItem position of its first item in the job
 * @param positions of the items in the batch, ascending; empty: all of them
 * @param numbers of all its items in the job; empty: they follow {@code firstItem}
 * @param attempt from 1
 * @param deadline when the batch timeout passes; empty without one
 * @param payload all of the batch's items, a JSON array
 * @param permits of the job's rate limit
 */
public record Call(
    String id,
    int index,
    long firstItem,
    List<Integer> positions,
    List<Integer> numbers,
    int attempt,
    Optional<Instant> deadline,
    byte[] payload,
    CallPermits permits) {

  /** Of a job without a rate limit. */
  public Call(
      String id,
      int index,
      long firstItem,
      List<Integer> positions,
      int attempt,
      Optional<Instant> deadline,
      byte[] payload) {
    this(
        id,
        index,
        firstItem,
        positions,
        List.of(),
        attempt,
        deadline,
        payload,
        CallPermits.UNLIMITED);
  }
}
