package dev.batchapi.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;

/** A datagram channel that says what became of the lines. */
final class WatchedChannel implements WritableByteChannel {
  /** How long a full socket is waited for. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** What takes so long was refused for want of room. */
  private static final long FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final WritableByteChannel channel;
  private final Underway underway;

  WatchedChannel(WritableByteChannel channel, Underway underway) {
    this.channel = channel;
    this.underway = underway;
  }

  @Override
  public int write(ByteBuffer datagram) throws IOException {
    int bytes = datagram.remaining();
    int lines = lines(datagram);
    try {
      patiently(datagram, bytes);
      underway.written(lines);
      return bytes;
    } catch (Throwable e) {
      underway.away(e);
      underway.failed(lines);
      // Nothing else: an error would end the library's thread, and its close would wait for ever.
      throw new IOException(e);
    }
  }

  /**
   * Who does not read for a moment is there all the same: a socket of a node says no at once if
   * nobody listens, and after the library's timeout of 0.1 s if it is full.
   */
  private void patiently(ByteBuffer datagram, int bytes) throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      long began = System.nanoTime();
      try {
        int taken = channel.write(datagram.duplicate());
        if (taken < bytes) {
          throw new IOException("the network took " + taken + " of " + bytes + " bytes");
        }
        return;
      } catch (IOException e) {
        long now = System.nanoTime();
        if (now - began < FULL_NANOS || now - end >= 0) {
          throw e;
        }
      }
    }
  }

  /** Sends an empty line, which means nothing to any server. */
  void probe() throws IOException {
    var _ = channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
  }

  private static int lines(ByteBuffer datagram) {
    int lines = 0;
    for (int i = datagram.position(); i < datagram.limit(); i++) {
      if (datagram.get(i) == '\n') {
        lines++;
      }
    }
    return lines;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
