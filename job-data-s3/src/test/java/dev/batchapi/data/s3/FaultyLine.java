package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** The way to a server, on which each connection may meet a fault. Close it. */
final class FaultyLine implements AutoCloseable {
  /** How far a faulty connection gets with an answer. */
  private static final int BYTES_BEFORE_FAULT = 30_000;

  enum Fault {
    /** The answer breaks off. */
    BREAKS_OFF,
    /** The answer stops, the connection stays. */
    STALLS,
    /** What is sent breaks off. */
    RESETS,
    /** The server gets all and answers, and nobody hears it. */
    LOSES_ANSWER,
    /** S3's own "503 Slow Down" in place of the server's answer. */
    SLOW_DOWN
  }

  private static final String SLOW_DOWN =
      "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final CountDownLatch end = new CountDownLatch(1);
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final int port;

  FaultyLine(int port) throws IOException {
    this.port = port;
    Thread.startVirtualThread(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** The faults of the next connections. */
  void next(Fault... more) {
    faults.addAll(List.of(more));
  }

  /** Whether all of them were met. */
  boolean met() {
    return faults.isEmpty();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var client = door.accept();
        Thread.startVirtualThread(() -> serve(client, faults.poll()));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client, Fault fault) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      if (fault == Fault.SLOW_DOWN) {
        slowDown(client);
        return;
      }
      if (fault == Fault.RESETS) {
        Thread.startVirtualThread(() -> copy(server, client, Long.MAX_VALUE));
        copy(client, server, BYTES_BEFORE_FAULT);
        return;
      }
      Thread.startVirtualThread(() -> copy(client, server, Long.MAX_VALUE));
      if (fault == Fault.LOSES_ANSWER) {
        server.getInputStream().read();
        return;
      }
      copy(server, client, fault == null ? Long.MAX_VALUE : BYTES_BEFORE_FAULT);
      if (fault == Fault.STALLS) {
        end.await();
      }
    } catch (IOException e) {
      // The other side has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(Socket from, Socket to, long most) {
    try {
      copy(from.getInputStream(), to.getOutputStream(), most);
    } catch (IOException e) {
      // The other side has gone.
    }
  }

  private static void copy(InputStream in, OutputStream out, long most) throws IOException {
    var buffer = new byte[8192];
    var left = most;
    while (left > 0) {
      var n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        return;
      }
      out.write(buffer, 0, n);
      out.flush();
      left -= n;
    }
  }

  private static void slowDown(Socket client) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) client.getInputStream().read());
    }
    client
        .getOutputStream()
        .write(
            "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                .formatted(SLOW_DOWN.length(), SLOW_DOWN)
                .getBytes(ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    end.countDown();
    door.close();
  }
}
