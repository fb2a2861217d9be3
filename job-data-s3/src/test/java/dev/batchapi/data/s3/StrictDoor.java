package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The way to a server as if that were an older one: what came to S3 with checksums in trailers is
 * refused, as Google's, Ceph's and others' gateways do it, and all else goes on unchanged. Close
 * it.
 */
final class StrictDoor implements AutoCloseable {
  /** Of a request's head in lower case. */
  private static final List<String> UNKNOWN =
      List.of(
          "x-amz-content-sha256: streaming-",
          "content-encoding: aws-chunked",
          "x-amz-decoded-content-length:",
          "x-amz-trailer:",
          "x-amz-sdk-checksum-algorithm:",
          "x-amz-checksum-",
          "transfer-encoding:");

  private static final String REFUSAL =
      "<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented</Message></Error>";

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Queue<String> passed = new ConcurrentLinkedQueue<>();
  private final int port;

  StrictDoor(int port) throws IOException {
    this.port = port;
    Thread.startVirtualThread(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** The first lines of what was let through. */
  List<String> passed() {
    return List.copyOf(passed);
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var client = door.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  /** One request for each connection. */
  private void serve(Socket client) {
    try (client) {
      var in = new BufferedInputStream(client.getInputStream());
      var head = head(in);
      if (head.isEmpty()) {
        return;
      }
      var lower = head.toLowerCase(Locale.ROOT);
      if (lower.contains("\r\nexpect: 100-continue")) {
        client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
      }
      if (UNKNOWN.stream().anyMatch(header -> lower.contains("\r\n" + header))) {
        in.skipNBytes(Math.max(0, length(lower)));
        client
            .getOutputStream()
            .write(
                "HTTP/1.1 501 Not Implemented\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                    .formatted(REFUSAL.length(), REFUSAL)
                    .getBytes(ISO_8859_1));
        return;
      }
      passed.add(head.substring(0, head.indexOf('\r')));
      forward(client, head, in, length(lower));
    } catch (IOException e) {
      // The other side has gone.
    }
  }

  private void forward(Socket client, String head, InputStream body, long length)
      throws IOException {
    try (var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      var asked =
          head.replaceFirst("(?i)\r\nconnection: [^\r]*", "")
              .replaceFirst("(?i)\r\nexpect: [^\r]*", "")
              .replaceFirst("\r\n", "\r\nConnection: close\r\n");
      server.getOutputStream().write(asked.getBytes(ISO_8859_1));
      server.getOutputStream().write(body.readNBytes(Math.toIntExact(length)));
      server.getInputStream().transferTo(client.getOutputStream());
    }
  }

  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      var c = in.read();
      if (c < 0) {
        return "";
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private static long length(String head) {
    var at = head.indexOf("\r\ncontent-length:");
    return at < 0
        ? 0
        : Long.parseLong(head.substring(at + 17, head.indexOf("\r\n", at + 2)).strip());
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
