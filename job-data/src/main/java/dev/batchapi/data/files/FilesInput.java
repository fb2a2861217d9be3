package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Items in files, for a job whose owner also runs it. The files are read once to cut them into
 * batches, and each batch again when it is wanted, or before: see {@link PayloadsAhead}. Of a batch
 * 8 bytes of memory are kept; where its items are stands in a file without a name.
 */
public final class FilesInput implements Input {
  private final FilesSpec spec;
  private final int batchSize;
  private final Stores stores;
  private final ListedFiles files;
  private final RefSpool refs;
  private final Split split;
  private final BatchReader reader;
  private final PayloadsAhead ahead;

  /**
   * A file of this machine is there at once, and a batch of it has its version when it is asked
   * for.
   */
  private final boolean inStores;

  private int unreadable;
  private int firstUnreadable;
  private volatile @Nullable Places last;

  /** Where a batch's items are: asked for item by item, and a batch may hold a large payload. */
  private record Places(int batch, BatchRef ref) {}

  /**
   * Lists the files and reads them.
   *
   * @param batchSize items in a batch, at least 1
   * @param stores are closed with the input
   * @throws dev.batchapi.data.input.InputException as of {@link Listing} and {@link Splitter};
   *     their other exceptions are thrown too
   * @throws UncheckedIOException if there is no room for where the batches are
   */
  public FilesInput(FilesSpec spec, int batchSize, Stores stores) {
    this(spec, batchSize, stores, SplitListener.NONE);
  }

  /** The same for who wants to know how far it is. */
  public FilesInput(FilesSpec spec, int batchSize, Stores stores, SplitListener listener) {
    this.spec = spec;
    this.batchSize = batchSize;
    this.stores = stores;
    var spool = new RefSpool();
    ListedFiles listed = null;
    try {
      listed = Listing.of(spec, stores, listener);
      split =
          new Splitter(listed, spec, batchSize, stores, listener)
              .split(
                  (index, ref) -> {
                    spool.add(ref.toJson());
                    note(ref, index);
                  });
      spool.complete();
    } catch (RuntimeException | Error e) {
      if (listed != null) {
        listed.close();
      }
      spool.close();
      stores.close();
      throw e;
    }
    files = listed;
    refs = spool;
    reader = new BatchReader(spec, stores);
    inStores = files.stream().anyMatch(file -> !Stores.scheme(file.url()).isEmpty());
    ahead = new PayloadsAhead(split.batches(), new InOrder(new PieceStream(stores)));
  }

  /** Batches as they lie in the files. */
  private final class InOrder implements PayloadsAhead.Source {
    private final PieceStream content;

    InOrder(PieceStream content) {
      this.content = content;
    }

    @Override
    public byte[] payload(int batch) {
      var ref = ref(batch);
      if (!goesOn(ref)) {
        return PayloadsAhead.UNREAD;
      }
      var its = reader.next(ref, content);
      return its.unreadable().isEmpty() ? its.json() : PayloadsAhead.UNREAD;
    }

    /**
     * Whether reading on in a file gains anything. Small files are opened one by one however they
     * are read: by one thread that is slow, by who asks for them they are opened side by side.
     */
    private boolean goesOn(BatchRef ref) {
      var first = ref.parts().getFirst();
      return ref.payload() != null
          || (ref.parts().size() == 1 && first.length() < first.size() / 2);
    }

    @Override
    public void pause() {
      try {
        content.close();
      } catch (IOException | RuntimeException e) {
        // Of what is only read nothing is lost; a store's own library throws what it likes.
      }
    }
  }

  private void note(BatchRef ref, int batch) {
    if (unreadable == 0 && !ref.unreadable().isEmpty()) {
      firstUnreadable = batch;
    }
    unreadable += Math.toIntExact(ref.unreadable().count());
  }

  /** How many items are known not to be readable. */
  public int unreadable() {
    return unreadable;
  }

  /** The first batch with such an item; to be asked only if there is one. */
  public int firstUnreadable() {
    return firstUnreadable;
  }

  /** In the order in which their items are numbered. */
  public List<StoredFile> files() {
    return files;
  }

  /** Of all files, as they are stored. */
  public long bytes() {
    return split.bytes();
  }

  @Override
  public int items() {
    return split.items();
  }

  @Override
  public int batchSize() {
    return batchSize;
  }

  /**
   * {@inheritDoc}
   *
   * @throws dev.batchapi.data.input.InputException as {@link BatchReader#read} does, and its others
   */
  @Override
  public byte[] payload(int batch) {
    return read(batch).json();
  }

  @Override
  public ReadBatch read(int batch) {
    return (inStores ? ahead.take(batch) : Optional.<byte[]>empty())
        .map(json -> new ReadBatch(json, itemsIn(batch)))
        .orElseGet(() -> reader.read(ref(batch)));
  }

  @Override
  public String source(int batch, int item) {
    var places = last;
    if (places == null || places.batch != batch) {
      places = new Places(batch, new BatchRef(ref(batch).parts(), null));
      last = places;
    }
    return reader.source(places.ref, item);
  }

  private BatchRef ref(int batch) {
    return BatchRef.read(refs.read(batch));
  }

  @Override
  public String fingerprint() {
    var digest = Sha256.begin();
    digest.update((spec.format() + "\n" + spec.csv() + "\n").getBytes(UTF_8));
    for (var file : files) {
      var line = file.url() + "\t" + file.size() + "\t" + file.version() + "\n";
      digest.update(line.getBytes(UTF_8));
    }
    return "files sha256 " + HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() {
    ahead.close();
    files.close();
    refs.close();
    stores.close();
  }
}
