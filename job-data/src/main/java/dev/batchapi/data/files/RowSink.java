package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;

/** Takes a file's rows in order. */
@FunctionalInterface
public interface RowSink {

  /**
   * Takes one.
   *
   * @param row from 0
   * @param json holds the row as a JSON object from 0 to {@code length}; only during the call
   */
  void row(long row, byte[] json, int length);

  /** Takes one that can't be an item; the message names its place. */
  default void bad(long row, InputException mistake) {
    throw mistake;
  }
}
