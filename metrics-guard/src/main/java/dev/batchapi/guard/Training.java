package dev.batchapi.guard;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A moment of the guard's life on ports of its own, so that the AOT cache knows what it needs. */
final class Training {
  private static final String LINES =
      """
      photos:1|c|#model:v1,team:vision
      queue_length:-3.5|g
      decode_seconds:0.25|h|@0.5|#model:v1
      x:1|h|#le:0.1
      go_goroutines:1|g
      nonsense
      """;
  private static final int DATAGRAMS = 2_000;
  private static final String LOOPBACK = "127.0.0.1";

  private Training() {}

  static void run() throws IOException {
    try (ServerSocket exporter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DatagramSocket sender = new DatagramSocket()) {
      GuardSettings settings =
          GuardSettings.from(
              Map.of(
                  "BATCHAPI_GUARD_LISTEN", LOOPBACK + ":0",
                  "BATCHAPI_GUARD_HTTP", LOOPBACK + ":0",
                  "BATCHAPI_GUARD_EXPORTER", LOOPBACK + ":" + exporter.getLocalPort()));
      try (Guard guard = new Guard(settings);
          Web web = new Web(settings, guard)) {
        var _ = guard.start();
        try (Socket connection = exporter.accept()) {
          byte[] lines = LINES.getBytes(StandardCharsets.UTF_8);
          InetSocketAddress target =
              new InetSocketAddress(InetAddress.getLoopbackAddress(), guard.port());
          for (int i = 0; i < DATAGRAMS; i++) {
            sender.send(new DatagramPacket(lines, lines.length, target));
          }
          var _ = connection.getInputStream().readNBytes(LINES.length());
          get(web, "/metrics");
          get(web, "/livez");
        }
      }
    }
  }

  private static void get(Web web, String page) throws IOException {
    URI uri = URI.create("http://" + LOOPBACK + ":" + web.port() + page);
    try (InputStream body = uri.toURL().openStream()) {
      var _ = body.readAllBytes();
    }
  }
}
