package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stores that do not know conditional writes; no real one of the tests is so old. */
class CarelessStoreTest {
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private boolean says;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var key = exchange.getRequestURI().getPath();
      var body = exchange.getRequestBody().readAllBytes();
      switch (exchange.getRequestMethod()) {
        case "PUT" -> {
          if (says) {
            send(exchange, 501, "<Error><Code>NotImplemented</Code></Error>");
          } else {
            objects.put(key, body);
            send(exchange, 200, "");
          }
        }
        case "DELETE" -> {
          objects.remove(key);
          send(exchange, 204, "");
        }
        default ->
            send(
                exchange,
                exchange.getRequestURI().getQuery() == null ? 404 : 200,
                exchange.getRequestURI().getQuery() == null
                    ? "<Error><Code>NoSuchKey</Code></Error>"
                    : "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void take() {
    var env =
        Map.of(
            "AWS_ENDPOINT_URL", "http://127.0.0.1:" + server.getAddress().getPort(),
            "AWS_ACCESS_KEY_ID", "k",
            "AWS_SECRET_ACCESS_KEY", "hush");
    try (var stores = Stores.of(env, Path.of("."))) {
      new OutputFolder("s3://out/f/", new Manifest.Job("team", "monday", "uid", "api"), stores)
          .take();
    }
  }

  @Test
  void oneThatReplacesAllTheSameIsFoundOut() {
    assertThatThrownBy(this::take)
        .isInstanceOfSatisfying(
            OutputException.class,
            e -> assertThat(e.problem()).isEqualTo(OutputProblem.OutputRefused))
        .hasMessageContaining("The store of s3://out/f/ replaces objects");
    assertThat(objects).isEmpty();
  }

  @Test
  void oneThatSaysSoIsNotAskedForAMinute() {
    says = true;
    assertThatThrownBy(this::take)
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("NotImplemented");
  }
}
