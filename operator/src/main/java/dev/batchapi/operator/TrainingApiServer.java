package dev.batchapi.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * Plays the API server for {@link Training}: has some objects that can be listed, watches in which
 * nothing happens, says "not found" to every other question and takes what it is given.
 */
final class TrainingApiServer implements AutoCloseable {
  private static final String NOT_FOUND =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"not found\","
          + "\"reason\":\"NotFound\",\"code\":404}";

  private static final String LEASE_RULES =
      "{\"kind\":\"SelfSubjectRulesReview\",\"apiVersion\":\"authorization.k8s.io/v1\",\"spec\":{},"
          + "\"status\":{\"incomplete\":false,\"nonResourceRules\":[],\"resourceRules\":"
          + "[{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],\"resources\":[\"*\"]}]}}";

  private final HttpServer server;
  private final Map<String, String> lists;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Listens from now on.
   *
   * @param lists the items of a list as JSON, by the plural: {@code batchjobs}
   */
  TrainingApiServer(Map<String, String> lists) throws IOException {
    this.lists = lists;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      var path = List.of(exchange.getRequestURI().getPath().substring(1).split("/"));
      var query = String.valueOf(exchange.getRequestURI().getQuery());
      if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 200, path.contains("selfsubjectrulesreviews") ? LEASE_RULES : body);
      } else if (isWebSocket(exchange)) {
        // No WebSocket here: the client then watches by a request that does not end.
        send(exchange, 503, NOT_FOUND);
      } else if (query.contains("watch=true")) {
        hang(exchange);
      } else if (isList(path)) {
        send(exchange, 200, list(path.getLast()));
      } else {
        send(exchange, 404, NOT_FOUND);
      }
    }
  }

  private static boolean isWebSocket(HttpExchange exchange) {
    return "websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"));
  }

  /** {@code api/v1/pods}, {@code apis/batch/v1/jobs}, or either in a namespace. */
  private static boolean isList(List<String> path) {
    var inGroup = path.size() - (path.getFirst().equals("api") ? 2 : 3);
    return inGroup == 1 || (inGroup == 3 && path.get(path.size() - 3).equals("namespaces"));
  }

  private String list(String plural) {
    return "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s]}"
        .formatted(lists.getOrDefault(plural, ""));
  }

  private void hang(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().flush();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    var bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
