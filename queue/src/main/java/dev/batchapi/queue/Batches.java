package dev.batchapi.queue;

/** The batches of a job. The same index always gives the same payload. */
public interface Batches {
  /** The largest payload of one batch. */
  int MAX_PAYLOAD_BYTES = 1024 * 1024;

  /** How many batches there are, at least 1. */
  int count();

  /**
   * One batch's payload, read when it is needed.
   *
   * @param index from 0 to {@code count() - 1}
   * @return a JSON array of its items, at most 1 MiB
   */
  byte[] payload(int index);
}
