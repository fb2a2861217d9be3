package dev.batchapi.data.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;

/** Reads on where an interrupt has closed the channel; the interrupt is there afterwards. */
final class UninterruptedReading extends InputStream {
  private final Opener opener;
  private SeekableByteChannel channel;
  private long position;

  /** Opens the file, each time anew. */
  @FunctionalInterface
  interface Opener {
    SeekableByteChannel open() throws IOException;
  }

  UninterruptedReading(Opener opener, long position) throws IOException {
    this.opener = opener;
    this.position = position;
    this.channel = opener.open();
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    var interrupted = false;
    try {
      while (true) {
        try {
          channel.position(position);
          var n = channel.read(ByteBuffer.wrap(into, offset, length));
          position += Math.max(n, 0);
          return n;
        } catch (ClosedByInterruptException e) {
          interrupted = Thread.interrupted();
          channel = opener.open();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
