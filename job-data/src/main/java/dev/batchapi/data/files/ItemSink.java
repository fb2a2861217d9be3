package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;

/** Takes a file's items in order. */
interface ItemSink {

  /**
   * Takes one.
   *
   * @param line where it starts, from 1
   * @param start its first byte, from the start of what was read
   * @param end the byte after its last one, without the line end
   * @param json holds the item as JSON from 0 to {@code length}; only during the call
   */
  void item(long line, long start, long end, byte[] json, int length);

  /** Takes one that can't be read; the message names its place. */
  default void bad(long line, long start, long end, InputException mistake) {
    throw mistake;
  }
}
