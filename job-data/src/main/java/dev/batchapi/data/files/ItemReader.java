package dev.batchapi.data.files;

import java.io.IOException;
import java.io.InputStream;

/** Reads the items of one format out of a file, or out of a part that starts with an item. */
@FunctionalInterface
interface ItemReader {

  /**
   * Reads all of it.
   *
   * @param linesBefore how many of the file's lines are before the first byte
   * @throws dev.batchapi.data.input.InputException if it can't be read on
   */
  void read(InputStream in, long linesBefore, ItemSink sink) throws IOException;
}
