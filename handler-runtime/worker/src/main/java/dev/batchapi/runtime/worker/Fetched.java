package dev.batchapi.runtime.worker;

import dev.batchapi.data.input.ReadBatch;
import java.util.List;
import java.util.Optional;

/** What came of getting a batch's payload. */
public sealed interface Fetched {

  /**
   * Here it is.
   *
   * @param json an array of the items
   * @param numbers of the items, of a job that runs some of an earlier one's again; otherwise empty
   * @param readable those that can be read; empty if all can
   */
  record Payload(byte[] json, List<Integer> numbers, Optional<ReadableItems> readable)
      implements Fetched {
    /** Of a job whose items follow each other, all of which can be read. */
    Payload(byte[] json) {
      this(json, List.of(), Optional.empty());
    }
  }

  /** Items that were read, which follow each other. */
  static Fetched of(ReadBatch items) {
    return of(items, List.of());
  }

  /**
   * Items that were read.
   *
   * @param numbers as of {@link Payload}
   */
  static Fetched of(ReadBatch items, List<Integer> numbers) {
    if (items.unreadable().isEmpty()) {
      return new Payload(items.json(), numbers, Optional.empty());
    }
    return items.isUnreadable()
        ? new Invalid(items.problem())
        : new Payload(items.json(), numbers, Optional.of(new ReadableItems(items)));
  }

  /** None of its items can be read, or not as one batch. */
  record Invalid(String message) implements Fetched {}

  /** A file that it is a part of is not the one any more that was accepted. */
  record Changed(String message) implements Fetched {}

  /** The store is away: later it may be had. */
  record Away(String message) implements Fetched {}

  /** The store refuses, and will do so whoever asks for this job. */
  record Refused(String message) implements Fetched {}
}
