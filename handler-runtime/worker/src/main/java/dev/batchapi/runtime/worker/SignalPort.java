package dev.batchapi.runtime.worker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the outside how far a worker is: a port on which it listens from that moment on, and on
 * which it says nothing. Costs a starting worker nothing.
 */
final class SignalPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  private final OptionalInt port;
  private final String meaning;
  private @Nullable ServerSocketChannel server;
  private boolean closed;

  /**
   * Not open yet.
   *
   * @param port empty: never
   * @param meaning for the log, as in "this worker never looks ready"
   */
  SignalPort(OptionalInt port, String meaning) {
    this.port = port;
    this.meaning = meaning;
  }

  /** The same hosts; the port is open once one of them is ready. */
  HostSource announcing(HostSource hosts) {
    return new HostSource() {
      @Override
      public Host start() throws HostStartException, InterruptedException {
        var host = hosts.start();
        open();
        return host;
      }

      @Override
      public boolean canRestart() {
        return hosts.canRestart();
      }
    };
  }

  /** It is so far. */
  void open() {
    port.ifPresent(this::open);
  }

  private synchronized void open(int number) {
    if (closed || server != null) {
      return;
    }
    try {
      var opened = ServerSocketChannel.open().bind(new InetSocketAddress(number));
      server = opened;
      Thread.ofPlatform().daemon().name("signal-port").start(() -> accept(opened));
    } catch (IOException e) {
      LOG.warn(
          "port {} can't be listened on, so this worker never looks {}: {}",
          number,
          meaning,
          e.toString());
    }
  }

  private static void accept(ServerSocketChannel opened) {
    try {
      while (true) {
        opened.accept().close();
      }
    } catch (ClosedChannelException e) {
      LOG.debug("the worker ends");
    } catch (IOException e) {
      LOG.warn("the port that shows how far this worker is failed: {}", e.toString());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        LOG.debug("a port that is in nobody's way", e);
      }
    }
  }
}
