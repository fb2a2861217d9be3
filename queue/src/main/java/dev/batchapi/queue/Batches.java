package dev.batchapi.queue;

import java.util.function.IntFunction;

/** The batches of a job. The same index always gives the same payload. */
public interface Batches {
  /** How many batches there are, at least 1. */
  int count();

  /**
   * One batch's payload, read when it is needed.
   *
   * @param index from 0 to {@code count() - 1}
   * @return a JSON array of its items, at most 1 MiB
   */
  byte[] payload(int index);

  /**
   * Batches whose payloads are given by a function.
   *
   * @param count at least 1
   * @param payload as {@link #payload}
   */
  static Batches of(int count, IntFunction<byte[]> payload) {
    return new Batches() {
      @Override
      public int count() {
        return count;
      }

      @Override
      public byte[] payload(int index) {
        return payload.apply(index);
      }
    };
  }
}
