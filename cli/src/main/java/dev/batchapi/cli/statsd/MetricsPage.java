package dev.batchapi.cli.statsd;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * What a listener has received, at {@code http://127.0.0.1:PORT/metrics}, for whoever looks while a
 * job runs: a browser, curl, or a Prometheus of this machine.
 */
public final class MetricsPage implements AutoCloseable {
  private final HttpServer server;
  private volatile StatsdListener listener;

  private MetricsPage(HttpServer server, StatsdListener listener) {
    this.server = server;
    this.listener = listener;
  }

  /**
   * Serves it.
   *
   * @param port 0 for any that is free
   * @throws IOException if the port is taken
   */
  public static MetricsPage open(int port, StatsdListener listener) throws IOException {
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
    var page = new MetricsPage(server, listener);
    server.createContext(
        "/metrics",
        exchange -> {
          try (exchange) {
            var body = PrometheusText.of(page.listener.snapshot()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    return page;
  }

  /** The port it is at. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
