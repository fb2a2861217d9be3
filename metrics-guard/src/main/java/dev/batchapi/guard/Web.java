package dev.batchapi.guard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The guard's pages: {@code /metrics}, {@code /livez} (the guard itself), {@code /healthz} (the
 * exporter, by its {@code /metrics}) and {@code /exporter}: the exporter's metrics, for an exporter
 * that shows them to nobody else.
 */
final class Web implements AutoCloseable {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final Duration STUCK = Duration.ofSeconds(10);

  static {
    // Anybody may connect: who says nothing is sent away, and there are not more than these.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    System.setProperty("jdk.httpserver.maxConnections", "256");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Answers from now on.
   *
   * @throws IOException if the address is taken
   */
  Web(GuardSettings settings, Guard guard) throws IOException {
    ExporterHealth exporter = new ExporterHealth(settings.exporterMetrics());
    BearerToken token = new BearerToken(settings.tokenFile());
    server = HttpServer.create(settings.http(), 0);
    server.setExecutor(threads);
    server.createContext(
        "/metrics",
        page(
            withToken(
                token,
                exchange -> answer(exchange, Exposition.of(guard), Exposition.CONTENT_TYPE))));
    server.createContext(
        "/exporter",
        page(
            withToken(
                token, exchange -> new ExporterPage(settings.exporterMetrics()).answer(exchange))));
    server.createContext("/healthz", page(exchange -> state(exchange, exporter.trouble())));
    server.createContext(
        "/livez",
        page(
            exchange ->
                state(exchange, guard.silence() > STUCK.toNanos() ? "its thread stands" : null)));
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static HttpHandler page(HttpHandler handler) {
    return exchange -> {
      try (exchange) {
        handler.handle(exchange);
      }
    };
  }

  private static HttpHandler withToken(BearerToken token, HttpHandler handler) {
    return exchange -> {
      boolean allowed;
      try {
        allowed = token.allows(exchange.getRequestHeaders().getFirst("Authorization"));
      } catch (IOException e) {
        state(exchange, "the token can't be read: " + e.getMessage());
        return;
      }
      if (allowed) {
        handler.handle(exchange);
      } else {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        exchange.sendResponseHeaders(HttpURLConnection.HTTP_UNAUTHORIZED, -1);
      }
    };
  }

  private static void state(HttpExchange exchange, @Nullable String trouble) throws IOException {
    byte[] body = (trouble == null ? "ok\n" : trouble + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", TEXT);
    exchange.sendResponseHeaders(trouble == null ? 200 : 503, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void answer(HttpExchange exchange, String text, String type) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
