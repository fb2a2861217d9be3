package dev.batchapi.runtime.worker;

import java.util.List;

/** What came of getting a batch's payload. */
public sealed interface Fetched {

  /**
   * Here it is.
   *
   * @param json an array of the items
   * @param numbers of the items, of a job that runs some of an earlier one's again; otherwise empty
   */
  record Payload(byte[] json, List<Integer> numbers) implements Fetched {
    /** Of a job whose items follow each other. */
    Payload(byte[] json) {
      this(json, List.of());
    }
  }

  /** One of its items can't be read. */
  record Invalid(String message) implements Fetched {}

  /** A file that it is a part of is not the one any more that was accepted. */
  record Changed(String message) implements Fetched {}

  /** The store is away: later it may be had. */
  record Away(String message) implements Fetched {}

  /** The store refuses, and will do so whoever asks for this job. */
  record Refused(String message) implements Fetched {}
}
