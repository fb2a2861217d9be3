package dev.batchapi.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A datagram channel that says what became of the lines. */
final class WatchedChannel implements WritableByteChannel {
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
      int taken = channel.write(datagram);
      if (taken < bytes) {
        throw new IOException("the network took " + taken + " of " + bytes + " bytes");
      }
      underway.written(lines);
      return taken;
    } catch (Throwable e) {
      underway.away(e);
      underway.failed(lines);
      // Nothing else: an error would end the library's thread, and its close would wait for ever.
      throw new IOException(e);
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
