package dev.batchapi.data.files;

import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of files in the order in which they lie there. An object of a store is asked for once and
 * read on, for a store takes its time to answer each time. Of other files each piece is asked for:
 * one of this machine has no version that a stream would stay with, and a small web server answers
 * nobody else while a stream is open. Not thread-safe.
 */
final class PieceStream implements AutoCloseable {
  /** Bytes that are rather read and dropped than passed over by asking anew. */
  private static final long GAP = 1 << 16;

  /** A piece with more bytes, which are blank lines then, is not held. */
  private static final long LARGE = 1 << 22;

  private final Stores stores;
  private @Nullable StoredFile file; // of which the stream is; null: of none
  private InputStream in = InputStream.nullInputStream();
  private long position;

  PieceStream(Stores stores) {
    this.stores = stores;
  }

  /** One piece. Throws what the store throws. */
  InputStream open(ReadAhead.Piece piece) throws IOException {
    if (piece.length() > LARGE || !ofStore(piece.file())) {
      return ReadAhead.open(stores, piece);
    }
    if (!isAhead(piece)) {
      close();
      var rest = piece.file().size() - piece.offset();
      in = stores.of(piece.file().url()).open(piece.file(), piece.offset(), rest);
      position = piece.offset();
    }
    file = null; // until it is read to its end, nobody knows where the stream is
    in.skipNBytes(piece.offset() - position);
    var bytes = new byte[(int) piece.length()];
    if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
      throw new EOFException("it ended early");
    }
    position = piece.offset() + bytes.length;
    file = piece.file();
    return new ByteArrayInputStream(bytes);
  }

  private static boolean ofStore(StoredFile file) {
    var scheme = Stores.scheme(file.url());
    return !scheme.isEmpty() && !scheme.startsWith("http");
  }

  private boolean isAhead(ReadAhead.Piece piece) {
    var gap = piece.offset() - position;
    return piece.file().equals(file) && gap >= 0 && gap <= GAP;
  }

  @Override
  public void close() throws IOException {
    file = null;
    var old = in;
    in = InputStream.nullInputStream(); // one that can't be closed is not tried again each time
    old.close();
  }
}
