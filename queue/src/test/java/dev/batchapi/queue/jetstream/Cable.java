package dev.batchapi.queue.jetstream;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The way from a client to a server, which can be cut. */
final class Cable implements AutoCloseable {
  private final ServerSocket entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int port;
  private final List<Closeable> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean pulled;

  Cable(int port) throws IOException {
    this.port = port;
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "nats://127.0.0.1:" + entry.getLocalPort();
  }

  private void accept() {
    while (!entry.isClosed()) {
      try {
        var client = entry.accept();
        if (pulled) {
          client.close();
          continue;
        }
        var server = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(client);
        sockets.add(server);
        Thread.ofVirtual().start(() -> carry(client, server));
        Thread.ofVirtual().start(() -> carry(server, client));
      } catch (IOException e) {
        // Closed, or a client that has given up.
      }
    }
  }

  private static void carry(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Cut.
    }
  }

  void pull() throws IOException {
    pulled = true;
    for (var socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  void plugIn() {
    pulled = false;
  }

  @Override
  public void close() throws IOException {
    entry.close();
    pull();
  }
}
