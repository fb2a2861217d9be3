package dev.batchapi.data.files;

/** The rows of one file; for one thread at a time. */
public interface Rows {

  /** How many there are. */
  long count();

  /** The row from which on it reads without starting anew, from 0. */
  long position();

  /**
   * Reads rows that follow each other. Those before them need not be read again if {@code first} is
   * {@link #position} or behind it.
   *
   * @param first from 0
   * @param count at least 1; all of them are in the file
   * @throws dev.batchapi.data.input.InputException if they can't be read, or the sink refuses one;
   *     it and all others of {@link RowFormat#open} leave it of no use
   */
  void read(long first, int count, RowSink sink);
}
