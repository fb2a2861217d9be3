package dev.batchapi.data.files;

/** Takes a file's items in order. */
@FunctionalInterface
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
}
