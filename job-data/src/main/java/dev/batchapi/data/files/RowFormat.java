package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoredFile;

/**
 * A format whose files are cut by rows and not by bytes; found by {@link java.util.ServiceLoader},
 * so that who reads no such files has none of its libraries.
 */
public interface RowFormat {

  /** What it reads. */
  FileFormat format();

  /**
   * Reads what a file says about its rows. One that isn't used any more is left alone: it holds no
   * connection.
   *
   * @throws InputException if it is no such file, or one that can't be read
   * @throws dev.batchapi.data.store.FileChangedException if it isn't the one that was listed
   * @throws dev.batchapi.data.store.StoreUnavailableException if the store is away
   * @throws dev.batchapi.data.store.StoreRefusedException if the store refuses
   */
  Rows open(StoredFile file, Store store);
}
