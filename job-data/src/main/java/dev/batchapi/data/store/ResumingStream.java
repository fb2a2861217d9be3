package dev.batchapi.data.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A part of a file from a server; where the connection breaks, it is read on from there. */
public final class ResumingStream extends InputStream {

  /** Asks for bytes of a file, of the version that was listed. */
  @FunctionalInterface
  public interface Range {

    /**
     * Asks once.
     *
     * @throws IOException if the connection fails
     * @throws StoreUnavailableException if it may work later
     */
    InputStream open(long offset, long length) throws IOException;
  }

  private final StoredFile file;
  private final Backoff backoff;
  private final Range range;
  private @Nullable InputStream in;
  private long position;
  private long left;

  private ResumingStream(StoredFile file, long offset, long length, Backoff backoff, Range range) {
    this.file = file;
    this.position = offset;
    this.left = length;
    this.backoff = backoff;
    this.range = range;
  }

  /** The stream, once the server has begun to answer. */
  public static InputStream of(
      StoredFile file, long offset, long length, Backoff backoff, Range range) {
    if (length == 0) {
      return InputStream.nullInputStream();
    }
    var stream = new ResumingStream(file, offset, length, backoff, range);
    return backoff.run(
        () -> {
          try {
            stream.in = range.open(offset, length);
            return stream;
          } catch (IOException e) {
            throw stream.broken(e);
          }
        });
  }

  @Override
  public int read() {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    var patience = backoff.start();
    while (true) {
      try {
        return once(into, offset, (int) Math.min(length, left));
      } catch (IOException e) {
        close();
        patience.pause(broken(e));
      } catch (StoreUnavailableException e) {
        close();
        patience.pause(e);
      }
    }
  }

  private int once(byte[] into, int offset, int length) throws IOException {
    if (in == null) {
      in = range.open(position, left);
    }
    var n = in.read(into, offset, length);
    if (n < 0) {
      throw new EOFException("the answer ended early");
    }
    position += n;
    left -= n;
    return n;
  }

  private StoreUnavailableException broken(IOException e) {
    return new StoreUnavailableException(
        "%s can't be read from byte %,d on: %s"
            .formatted(
                file.name(),
                position,
                e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
        e);
  }

  @Override
  public void close() {
    var closing = in;
    in = null;
    if (closing != null) {
      try {
        closing.close();
      } catch (IOException e) {
        // It is broken, and not needed any more.
      }
    }
  }
}
