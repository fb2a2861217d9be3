package dev.batchapi.runtime.worker;

/** What came of getting a batch's payload. */
public sealed interface Fetched {

  /** Here it is, a JSON array of the items. */
  record Payload(byte[] json) implements Fetched {}

  /** One of its items can't be read. */
  record Invalid(String message) implements Fetched {}

  /** A file that it is a part of is not the one any more that was accepted. */
  record Changed(String message) implements Fetched {}

  /** The store is away: later it may be had. */
  record Away(String message) implements Fetched {}

  /** The store refuses, and will do so whoever asks for this job. */
  record Refused(String message) implements Fetched {}
}
