package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Files of rows that are open. Who reads batch after batch goes on where it was, and doesn't read a
 * group of rows again for each of them. For any thread.
 */
final class RowFiles {
  /** Kept for the next batch: each holds some pages of its file. */
  private static final int IDLE = 2;

  /** How many are opened before it is their turn. */
  private static final int AHEAD = 8;

  private record Open(StoredFile file, Rows rows) {}

  private final Stores stores;
  private final Deque<Open> idle = new ArrayDeque<>();

  RowFiles(Stores stores) {
    this.stores = stores;
  }

  /** Opens one. Throws as {@link RowFormat#open}. */
  static Rows open(StoredFile file, FileFormat format, Stores stores) {
    for (var provider : ServiceLoader.load(RowFormat.class, RowFiles.class.getClassLoader())) {
      if (provider.format() == format) {
        return provider.open(file, stores.of(file.url()));
      }
    }
    throw new InputException(
        "%s: %s can't be read here; its module is not installed."
            .formatted(file.name(), format.name().toLowerCase(Locale.ROOT)));
  }

  /** Reads the rows of a part. */
  void read(Part part, FileFormat format, RowSink sink) {
    var file = part.file();
    var first = part.firstLine() - 1;
    var rows = take(file, first).orElseGet(() -> open(file, format, stores));
    if (first + part.items() > rows.count()) {
      throw new FileChangedException(file, "another content under the same version");
    }
    rows.read(first, part.items(), sink);
    keep(new Open(file, rows));
  }

  /** The one that has the least to skip. */
  private synchronized Optional<Rows> take(StoredFile file, long first) {
    var best =
        idle.stream()
            .filter(open -> open.file.equals(file) && open.rows.position() <= first)
            .max(Comparator.comparingLong(open -> open.rows.position()));
    best.ifPresent(idle::remove);
    return best.map(Open::rows);
  }

  private synchronized void keep(Open open) {
    idle.addFirst(open);
    while (idle.size() > IDLE) {
      idle.removeLast();
    }
  }

  /** Files that are opened one after the other, some before it is their turn. */
  static final class Ahead implements AutoCloseable {
    private final Stores stores;
    private final Iterator<StoredFile> files;
    private final FileFormat format;
    private final Queue<Future<Rows>> asked = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param files in the order in which they are needed
     */
    Ahead(Iterator<StoredFile> files, FileFormat format, Stores stores) {
      this.files = files;
      this.format = format;
      this.stores = stores;
    }

    /** The next one. Throws as {@link RowFormat#open}. */
    Rows next() {
      while (asked.size() < AHEAD && files.hasNext()) {
        var file = files.next();
        asked.add(threads.submit(() -> open(file, format, stores)));
      }
      try {
        return asked.remove().get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException own) {
          throw own;
        }
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }
}
