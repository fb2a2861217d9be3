package dev.batchapi.metrics;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;

/** Opens the socket; a test opens one that is stuck. */
interface ChannelOpener {
  ByteChannel open(InetSocketAddress server) throws IOException;

  /**
   * A connected socket, since only that one is told when nobody listens; non-blocking, since only
   * that one neither waits for the network nor is closed by an interrupt.
   */
  static ByteChannel datagram(InetSocketAddress server) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    try {
      channel.configureBlocking(false);
      channel.connect(server);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}
