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
 * Shows the outside that a worker is ready: a port on which it listens from the moment its handler
 * is constructed, and on which it says nothing. Costs a starting worker nothing.
 */
final class ReadyPort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("dev.batchapi.worker");

  private final OptionalInt port;
  private @Nullable ServerSocketChannel server;
  private boolean closed;

  ReadyPort(OptionalInt port) {
    this.port = port;
  }

  /** The same hosts; the port is open once one of them is ready. */
  HostSource announcing(HostSource hosts) {
    return new HostSource() {
      @Override
      public Host start() throws HostStartException, InterruptedException {
        var host = hosts.start();
        port.ifPresent(ReadyPort.this::open);
        return host;
      }

      @Override
      public boolean canRestart() {
        return hosts.canRestart();
      }
    };
  }

  private synchronized void open(int number) {
    if (closed || server != null) {
      return;
    }
    try {
      var opened = ServerSocketChannel.open().bind(new InetSocketAddress(number));
      server = opened;
      Thread.ofPlatform().daemon().name("ready-port").start(() -> accept(opened));
    } catch (IOException e) {
      log.warn(
          "port {} can't be listened on, so this worker never looks ready: {}",
          number,
          e.toString());
    }
  }

  private static void accept(ServerSocketChannel opened) {
    try {
      while (true) {
        opened.accept().close();
      }
    } catch (ClosedChannelException e) {
      log.debug("the worker ends");
    } catch (IOException e) {
      log.warn("the port that shows that this worker is ready failed: {}", e.toString());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        log.debug("a port that is in nobody's way", e);
      }
    }
  }
}
