package dev.batchapi.metrics.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** A server that counts datagrams, and the sum and number of the values of one metric. */
final class Sink implements AutoCloseable {
  private final DatagramChannel channel;
  private final Thread reader;
  private final AtomicLong datagrams = new AtomicLong();
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong sum = new AtomicLong();

  Sink() throws IOException {
    channel = DatagramChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    reader = Thread.ofPlatform().daemon().name("sink").start(this::read);
  }

  int port() throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  long datagrams() {
    return datagrams.get();
  }

  /** Lines of the histogram. */
  long histograms() {
    return lines.get();
  }

  /** Sum of the counter. */
  long counted() {
    return sum.get();
  }

  long threadId() {
    return reader.threadId();
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(65_535);
    byte[] bytes = new byte[65_535];
    try {
      while (true) {
        channel.receive(buffer.clear());
        buffer.flip();
        int length = buffer.remaining();
        buffer.get(bytes, 0, length);
        datagrams.incrementAndGet();
        take(bytes, length);
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void take(byte[] bytes, int length) {
    int start = 0;
    for (int i = 0; i <= length; i++) {
      if (i == length || bytes[i] == '\n') {
        if (i > start) {
          line(bytes, start, i);
        }
        start = i + 1;
      }
    }
  }

  private void line(byte[] bytes, int start, int end) {
    int colon = start;
    while (colon < end && bytes[colon] != ':') {
      colon++;
    }
    // Names differ in their first letter (and some clients put a dot in place of an underscore).
    if (bytes[start] == 'd' && bytes[start + 1] == 'e') {
      lines.incrementAndGet();
    } else if (bytes[start] == 'i') {
      int bar = colon;
      while (bytes[bar] != '|') {
        bar++;
      }
      sum.addAndGet(
          Math.round(
              Double.parseDouble(
                  new String(bytes, colon + 1, bar - colon - 1, StandardCharsets.US_ASCII))));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
