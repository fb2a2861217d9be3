package dev.batchapi.guard;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the exporter: a TCP connection on the loopback address, since UDP would lose what the
 * exporter is too slow for and nobody would know. It never blocks; lost, it is made anew four times
 * a second.
 */
final class ExporterLink {
  private static final Logger LOG = LoggerFactory.getLogger(ExporterLink.class);
  private static final long PAUSE_NANOS = 250_000_000;

  private final Selector selector;
  private final InetSocketAddress address;
  private final Outgoing outgoing;
  private final Runnable lost;
  private final ByteBuffer answer = ByteBuffer.allocate(256);

  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  private volatile boolean up;
  private boolean said;
  private long nextTry;
  private boolean tried;

  /**
   * @param lost is told when a connection ended, and with it the exporter
   */
  ExporterLink(Selector selector, InetSocketAddress address, Outgoing outgoing, Runnable lost) {
    this.selector = selector;
    this.address = address;
    this.outgoing = outgoing;
    this.lost = lost;
  }

  boolean up() {
    return up;
  }

  /** Connects if there is no connection and it is time to try. */
  void maintain(long nanos) {
    if (channel != null || (tried && nanos - nextTry < 0)) {
      return;
    }
    tried = true;
    nextTry = nanos + PAUSE_NANOS;
    try {
      SocketChannel opened = SocketChannel.open();
      channel = opened;
      opened.configureBlocking(false);
      opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean done = opened.connect(address);
      key = opened.register(selector, done ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
      if (done) {
        connected();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Takes notice of what the selector found. */
  boolean handle(SelectionKey selected) {
    SocketChannel now = channel;
    if (!selected.equals(key) || now == null) {
      return false;
    }
    try {
      if (selected.isConnectable() && now.finishConnect()) {
        selected.interestOps(SelectionKey.OP_READ);
        connected();
        return true;
      }
      if (selected.isReadable()) {
        // It never says anything: this is the end.
        if (now.read(answer.clear()) < 0) {
          throw new IOException("the exporter closed the connection");
        }
      }
    } catch (IOException e) {
      failed(e);
    }
    return false;
  }

  private void connected() {
    up = true;
    LOG.info("Connected to the exporter at {}.", GuardMain.text(address));
    said = false;
  }

  /** Hands on what waits, as far as it is taken; the selector tells when it goes on. */
  void write() {
    SocketChannel now = channel;
    SelectionKey its = key;
    if (!up || now == null || its == null) {
      return;
    }
    try {
      outgoing.write(now);
      its.interestOps(
          outgoing.size() > 0
              ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
              : SelectionKey.OP_READ);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    boolean wasUp = up;
    if (!said) {
      LOG.warn(
          "The exporter at {} is not reachable: {}. Lines wait for it.",
          GuardMain.text(address),
          e.getMessage());
      said = true;
    }
    close();
    if (wasUp) {
      lost.run();
    }
  }

  void close() {
    up = false;
    key = null;
    SocketChannel open = channel;
    channel = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      LOG.debug("Closing", e);
    }
  }
}
