package dev.batchapi.data.input;

import java.io.IOException;
import java.io.InputStream;

/** Random access to lines, from any thread. */
interface Bytes extends AutoCloseable {
  /** All of them, from the start. */
  InputStream open() throws IOException;

  byte[] read(long from, int length) throws IOException;

  @Override
  void close() throws IOException;
}
