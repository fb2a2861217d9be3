package dev.batchapi.data.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.Payload;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a batch's items from where they are. For any thread. */
public final class BatchReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEADERS = 64;

  private final FilesSpec spec;
  private final Stores stores;
  private final RowFiles rowFiles;

  /** The names of columns, of the files last read. */
  private final Map<StoredFile, CsvHeader> headers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<StoredFile, CsvHeader> eldest) {
          return size() > HEADERS;
        }
      };

  /** Asked for item by item. */
  private volatile Name last = new Name("", "");

  /** What results call a file. */
  private record Name(String url, String name) {}

  /**
   * @param spec what the batches were cut by
   */
  public BatchReader(FilesSpec spec, Stores stores) {
    this.spec = spec;
    this.stores = stores;
    this.rowFiles = new RowFiles(stores);
  }

  /**
   * The items, the same each time.
   *
   * @throws InputException if they are too many bytes for one payload
   * @throws FileChangedException if a file isn't the one any more that was cut
   * @throws StoreUnavailableException if a store is away
   * @throws StoreRefusedException if a store refuses
   */
  public ReadBatch read(BatchRef ref) {
    if (ref.payload() != null) {
      return carried(ref);
    }
    if (ref.parts().size() == 1) {
      return read(ref, this::open);
    }
    var pieces =
        ref.parts().stream()
            .filter(part -> FileKind.of(part.file(), spec).stream())
            .map(BatchReader::piece)
            .iterator();
    try (var content = new ReadAhead(stores, pieces)) {
      return read(ref, piece -> content.next());
    }
  }

  /**
   * The same of a batch that follows the one before, by one thread.
   *
   * @param content reads on where that batch ended
   */
  ReadBatch next(BatchRef ref, PieceStream content) {
    return ref.payload() != null ? carried(ref) : read(ref, content::open);
  }

  private ReadBatch carried(BatchRef ref) {
    return RerunBatch.of(ref, 0, ref.items()).read(this::read); // as one of which all are wanted
  }

  /** The same as a JSON array, with {@code null} for items that can't be read. */
  public byte[] payload(BatchRef ref) {
    return read(ref).json();
  }

  /** Gets the bytes of pieces, one after the other. */
  private interface Content {
    InputStream of(ReadAhead.Piece piece) throws IOException;
  }

  private static ReadAhead.Piece piece(Part part) {
    return new ReadAhead.Piece(part.file(), part.offset(), part.length());
  }

  private InputStream open(ReadAhead.Piece piece) throws IOException {
    return ReadAhead.open(stores, piece);
  }

  private ReadBatch read(BatchRef ref, Content content) {
    var batch = new ReadItems(room(ref));
    for (var part : ref.parts()) {
      read(part, content, batch, !ref.unreadable().isEmpty());
    }
    return batch.end();
  }

  /** As many bytes as the items have in the files, and what is between them; a guess. */
  private static int room(BatchRef ref) {
    var inFiles = ref.parts().stream().mapToLong(part -> part.length() + 1).sum() + 1;
    return Math.clamp(inFiles, 32, Payload.MAX_BYTES);
  }

  private void read(Part part, Content content, ReadItems batch, boolean checking) {
    var before = batch.count();
    var file = part.file();
    var kind = FileKind.of(file, spec);
    if (kind.format() == FileFormat.PATHS) {
      var json = path(file, stores);
      batch.item(1, 0, file.size(), json, json.length);
    } else if (kind.rows()) {
      // The only items whose batch nobody has seen before.
      rowFiles.read(part, kind.format(), batch.rows(file.name()));
    } else {
      try (var in = content.of(piece(part))) {
        if (kind.format() == FileFormat.JSONL && !checking && part.length() <= Payload.MAX_BYTES) {
          batch.lines(in, (int) part.length());
        } else {
          reader(file, kind.format(), checking).read(in, part.firstLine() - 1, batch);
        }
      } catch (IOException e) {
        throw new StoreUnavailableException(
            "%s can't be read: %s".formatted(file.name(), e.getMessage()), e);
      }
    }
    if (batch.count() - before != part.items()) {
      // Its version is the same, its content isn't.
      throw new FileChangedException(file, "another content under the same version");
    }
  }

  /** Items were checked when they were cut, and are again only where one of them was found bad. */
  private ItemReader reader(StoredFile file, FileFormat format, boolean checking)
      throws IOException {
    return switch (format) {
      case JSONL -> new JsonItems(file.name(), checking);
      case LINES -> new LineItems(file.name());
      case CSV -> new CsvItems(file.name(), spec.csv(), header(file));
      case PATHS, PARQUET ->
          throw new IllegalStateException(file.name() + " is no stream of items");
    };
  }

  private @Nullable CsvHeader header(StoredFile file) throws IOException {
    if (!spec.csv().named()) {
      return null;
    }
    synchronized (headers) {
      var known = headers.get(file);
      if (known != null) {
        return known;
      }
    }
    try (var in =
        stores.of(file.url()).open(file, 0, Math.min(file.size(), CsvItems.HEADER_BYTES))) {
      var header = new CsvItems(file.name(), spec.csv(), null).header(in);
      synchronized (headers) {
        headers.put(file, header);
      }
      return header;
    }
  }

  /** The item that a file itself is. */
  static byte[] path(StoredFile file, Stores stores) {
    try {
      return JSON.writeValueAsBytes(stores.of(file.url()).address(file.url()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where an item comes from: {@code url:line}, or {@code url:row}; of {@link FileFormat#PATHS}
   * just the URL. Nothing is read for it.
   *
   * @param item its position in the batch, from 0
   */
  public String source(BatchRef ref, int item) {
    var left = item;
    for (var part : ref.parts()) {
      if (left < part.items()) {
        var name = name(part.url());
        return spec.format() == FileFormat.PATHS ? name : name + ":" + part.line(left);
      }
      left -= part.items();
    }
    throw new IndexOutOfBoundsException("item %d of a batch of %d".formatted(item, ref.items()));
  }

  private String name(String url) {
    var known = last;
    if (!known.url.equals(url)) {
      known = new Name(url, StoredFile.name(url));
      last = known;
    }
    return known.name;
  }
}
