package dev.batchapi.data.files;

import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;

/** Reads a batch's items from where they are. For any thread. */
public final class BatchReader {
  private final FilesSpec spec;
  private final Stores stores;

  /**
   * @param spec what the batches were cut by
   */
  public BatchReader(FilesSpec spec, Stores stores) {
    this.spec = spec;
    this.stores = stores;
  }

  /**
   * The payload that a handler gets: a JSON array of the items, the same each time.
   *
   * @throws FileChangedException if a file isn't the one any more that was cut
   * @throws StoreUnavailableException if a store is away
   * @throws StoreRefusedException if a store refuses
   */
  public byte[] payload(BatchRef ref) {
    stores.of(ref.parts().getFirst().url());
    return new byte[0];
  }

  /**
   * Where an item comes from: {@code url:line}; of {@link FileFormat#PATHS} just the URL. Nothing
   * is read for it.
   *
   * @param item its position in the batch, from 0
   */
  public String source(BatchRef ref, int item) {
    var left = item;
    for (var part : ref.parts()) {
      if (left < part.items()) {
        var name = StoredFile.name(part.url());
        return spec.format() == FileFormat.PATHS ? name : name + ":" + part.line(left);
      }
      left -= part.items();
    }
    throw new IndexOutOfBoundsException("item %d of a batch of %d".formatted(item, ref.items()));
  }
}
