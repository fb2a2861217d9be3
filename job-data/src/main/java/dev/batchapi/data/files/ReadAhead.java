package dev.batchapi.data.files;

import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads pieces of files one after the other, and small ones some before it is their turn: a store
 * takes its time to answer, however little it is asked for.
 */
final class ReadAhead implements AutoCloseable {
  /** How many are read at the same time. */
  private static final int PIECES = 16;

  /** More than this is read when it is needed. */
  private static final long SMALL = 1 << 17;

  /** Of such a piece the next bytes are read while these are looked at. */
  private static final long LARGE = 1 << 20;

  /** Bytes of a file. */
  record Piece(StoredFile file, long offset, long length) {}

  private record Asked(Piece piece, @Nullable Future<byte[]> bytes) {}

  private final Stores stores;
  private final Iterator<Piece> pieces;
  private final Queue<Asked> asked = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param pieces in the order in which they are needed
   */
  ReadAhead(Stores stores, Iterator<Piece> pieces) {
    this.stores = stores;
    this.pieces = pieces;
  }

  /** The next one. Throws what the store throws. */
  InputStream next() throws IOException {
    while (asked.size() < PIECES && pieces.hasNext()) {
      var piece = pieces.next();
      asked.add(
          new Asked(piece, piece.length() <= SMALL ? threads.submit(() -> read(piece)) : null));
    }
    var next = asked.remove();
    if (next.bytes() == null) {
      var in = open(next.piece());
      return next.piece().length() < LARGE ? in : new BlocksAhead(in);
    }
    try {
      return new ByteArrayInputStream(next.bytes().get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException own -> throw own;
        case IOException own -> throw own;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private byte[] read(Piece piece) throws IOException {
    try (var in = open(piece)) {
      return in.readAllBytes();
    }
  }

  private InputStream open(Piece piece) {
    return stores.of(piece.file().url()).open(piece.file(), piece.offset(), piece.length());
  }

  /** One piece alone; a small one is read before anything else is asked for. */
  static InputStream open(Stores stores, Piece piece) throws IOException {
    var in = stores.of(piece.file().url()).open(piece.file(), piece.offset(), piece.length());
    if (piece.length() > SMALL) {
      return in;
    }
    try (in) {
      return new ByteArrayInputStream(in.readAllBytes());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
