package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.util.List;

/** The files that an input means. */
public final class Listing {
  private Listing() {}

  /**
   * Finds them all: each once, by URL in the order of its bytes.
   *
   * @return at least one
   * @throws InputException if a path matches nothing
   * @throws StoreUnavailableException if a store is away
   * @throws StoreRefusedException if a store refuses
   */
  public static List<StoredFile> of(FilesSpec spec, Stores stores) {
    stores.of(spec.paths().getFirst());
    return List.of();
  }
}
