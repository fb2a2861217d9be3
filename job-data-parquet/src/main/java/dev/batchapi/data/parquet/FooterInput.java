package dev.batchapi.data.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** What parquet-hadoop reads a footer from: mostly one request, for the end of the file. */
record FooterInput(StoreBytes bytes) implements InputFile {
  /** A footer of some hundred columns and a few groups of rows is in there. */
  private static final int TAIL = 1 << 16;

  @Override
  public long getLength() {
    return bytes.file().size();
  }

  @Override
  public SeekableInputStream newStream() {
    var from = Math.max(0, getLength() - TAIL);
    return new Stream(bytes.read(from, (int) (getLength() - from)), from);
  }

  /** The file's bytes, of which the last ones are there already. */
  private final class Stream extends SeekableInputStream {
    private final byte[] tail;
    private final long from;
    private long position;

    Stream(byte[] tail, long from) {
      this.tail = tail;
      this.from = from;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void seek(long to) {
      position = to;
    }

    @Override
    public void readFully(byte[] into, int start, int length) throws IOException {
      if (length > getLength() - position) {
        throw new EOFException("it ends too early");
      }
      if (position >= from) {
        System.arraycopy(tail, (int) (position - from), into, start, length);
      } else {
        System.arraycopy(bytes.read(position, length), 0, into, start, length);
      }
      position += length;
    }

    @Override
    public void readFully(byte[] into) throws IOException {
      readFully(into, 0, into.length);
    }

    @Override
    public void readFully(ByteBuffer into) throws IOException {
      var bytes = new byte[into.remaining()];
      readFully(bytes);
      into.put(bytes);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int start, int length) throws IOException {
      var n = (int) Math.min(length, getLength() - position);
      if (n <= 0) {
        return length == 0 ? 0 : -1;
      }
      readFully(into, start, n);
      return n;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      var bytes = new byte[into.remaining()];
      var n = read(bytes, 0, bytes.length);
      if (n > 0) {
        into.put(bytes, 0, n);
      }
      return n;
    }
  }
}
