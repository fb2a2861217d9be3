package dev.batchapi.data.parquet;

import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import java.io.IOException;

/** Bytes of a file, in one request. What goes wrong with it is the store's, not the file's. */
record StoreBytes(StoredFile file, Store store) {

  byte[] read(long offset, int length) {
    try (var in = store.open(file, offset, length)) {
      return in.readNBytes(length);
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "%s can't be read: %s".formatted(file.name(), e.getMessage()), e);
    }
  }
}
