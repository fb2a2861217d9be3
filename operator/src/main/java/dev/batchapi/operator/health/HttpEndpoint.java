package dev.batchapi.operator.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /healthz}, {@code /readyz} and {@code /metrics}.
 *
 * <p>Ready means that the caches hold what the cluster has, so that this process can work at once
 * when it is its turn. It stays ready when the queue is away: nothing would be better if Kubernetes
 * took it out, and its jobs' conditions say it better.
 */
public final class HttpEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);
  private static final String PLAIN = "text/plain; charset=utf-8";

  /**
   * An answer to a probe.
   *
   * @param text for people
   */
  public record Answer(boolean ok, String text) {}

  static {
    // Anybody may connect: who says nothing is sent away, and there are not more than these.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    System.setProperty("jdk.httpserver.maxConnections", "1000");
  }

  private final HttpServer server;

  private HttpEndpoint(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens from now on.
   *
   * @param port 0: any free one
   * @param metrics in Prometheus' text format
   * @param access who may read metrics, and more than yes or no from the probes
   */
  public static HttpEndpoint start(
      int port,
      Supplier<Answer> healthy,
      Supplier<Answer> ready,
      Supplier<String> metrics,
      MetricsAccess access) {
    try {
      var server = HttpServer.create(new InetSocketAddress(port), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/healthz", exchange -> probe(exchange, healthy, access));
      server.createContext("/readyz", exchange -> probe(exchange, ready, access));
      server.createContext("/metrics", exchange -> metrics(exchange, metrics, access));
      server.start();
      return new HttpEndpoint(server);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Port %d can't be listened on (%s): BATCHAPI_HTTP_PORT sets another."
              .formatted(port, e.getMessage()),
          e);
    }
  }

  /** Its status is for everybody; its words may tell of the cluster. */
  private static void probe(HttpExchange exchange, Supplier<Answer> question, MetricsAccess access)
      throws IOException {
    var answer = question.get();
    var words =
        access.refusal(authorization(exchange)).isEmpty()
            ? answer.text()
            : answer.ok() ? "ok\n" : "not ok\n";
    answer(exchange, answer.ok() ? 200 : 503, PLAIN, words);
  }

  private static void metrics(HttpExchange exchange, Supplier<String> metrics, MetricsAccess access)
      throws IOException {
    var refusal = access.refusal(authorization(exchange));
    if (refusal.isEmpty()) {
      answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get());
      return;
    }
    if (refusal.get().status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    answer(exchange, refusal.get().status(), PLAIN, refusal.get().sentence() + '\n');
  }

  private static @Nullable String authorization(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Authorization");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      var body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (RuntimeException e) {
      LOG.warn("{} could not be answered.", exchange.getRequestURI(), e);
    }
  }

  /** Where it listens. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
