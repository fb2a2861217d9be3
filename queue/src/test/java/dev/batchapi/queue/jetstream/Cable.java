package dev.batchapi.queue.jetstream;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The way from a client to a server, which can be cut, and hold up what the server sends. */
final class Cable implements AutoCloseable {
  private final ServerSocket entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int port;
  private final List<Closeable> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean pulled;
  private boolean held; // guarded by this

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
        Thread.ofVirtual().start(() -> answer(server, client));
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

  private void answer(Socket from, Socket to) {
    try (from;
        to) {
      var buffer = new byte[1 << 16];
      var in = from.getInputStream();
      for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitFree();
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
      // Cut.
    }
  }

  private synchronized void awaitFree() throws InterruptedException {
    while (held) {
      wait();
    }
  }

  /** What the server sends from now on does not arrive before {@link #letGo}. */
  synchronized void hold() {
    held = true;
  }

  synchronized void letGo() {
    held = false;
    notifyAll();
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
