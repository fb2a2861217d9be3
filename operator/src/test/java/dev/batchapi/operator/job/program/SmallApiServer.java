package dev.batchapi.operator.job.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * Of an API server, what a pass over a program that runs asks for: a Secret is renewed, and it
 * answers with what it is told; it has Events of the Job controller's refusals, and what a test
 * gives it.
 */
public final class SmallApiServer implements AutoCloseable {
  private final HttpServer server;
  private final KubernetesClient client;
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Map<String, String> refusals = new ConcurrentHashMap<>();
  private final Map<String, String> objects = new ConcurrentHashMap<>();
  private volatile boolean full;

  public SmallApiServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var told = exchange.getRequestBody().readAllBytes();
          var path = exchange.getRequestURI().getPath();
          requests.add(exchange.getRequestMethod() + " " + path + " " + new String(told, UTF_8));
          var asked = exchange.getRequestMethod().equals("GET");
          var body = path.endsWith("/events") ? events() : asked ? object(path) : told;
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          var code = asked && body.length == 0 ? 404 : full && isMade(exchange) ? 403 : 200;
          exchange.sendResponseHeaders(code, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    var url = "http://127.0.0.1:" + server.getAddress().getPort();
    client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl(url).build())
            .build();
  }

  public KubernetesClient client() {
    return client;
  }

  /** What it was asked for, as method, path and body. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** The Job controller could not make the pod of the Job with this uid. */
  public void refuses(String uid, String message) {
    refusals.put(uid, message.replace("\"", "\\\""));
  }

  private static boolean isMade(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("POST")
        && exchange.getRequestURI().getPath().endsWith("/jobs");
  }

  /** A quota lets no more Jobs be made. */
  public void isFull() {
    full = true;
  }

  /** What it answers who asks for this path; it has nothing else. */
  public void has(String path, String json) {
    objects.put(path, json);
  }

  private byte[] object(String path) {
    return objects.getOrDefault(path, "").getBytes(UTF_8);
  }

  private byte[] events() {
    return refusals.entrySet().stream()
        .map(
            refusal ->
                "{\"involvedObject\":{\"uid\":\"%s\"},\"message\":\"%s\"}"
                    .formatted(refusal.getKey(), refusal.getValue()))
        .collect(
            Collectors.joining(
                ",", "{\"apiVersion\":\"v1\",\"kind\":\"EventList\",\"items\":[", "]}"))
        .getBytes(UTF_8);
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
  }
}
