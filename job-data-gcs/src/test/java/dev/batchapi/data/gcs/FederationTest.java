package dev.batchapi.data.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.batchapi.data.store.SecureServer;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workload identity federation: a pod's token becomes one of Google's, by Google's own library. A
 * server stands for Google's STS and shows an object to who has its token, for fake-gcs-server
 * looks at none.
 */
class FederationTest {
  private static final byte[] CONTENT = "1\n2\n".getBytes(UTF_8);
  private static final StoredFile FILE = new StoredFile("gs://photos/a.jsonl", 4, "7");
  private static final String AUDIENCE =
      "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k";

  private final AtomicInteger issued = new AtomicInteger();
  private volatile String taken = "token-1";
  private volatile Duration lifetime = Duration.ofHours(1);
  private SSLSocketFactory before;
  private SecureServer google;

  @TempDir private Path pod;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    before = HttpsURLConnection.getDefaultSSLSocketFactory();
    google = SecureServer.start(folder);
    HttpsURLConnection.setDefaultSSLSocketFactory(google.clients().getSocketFactory());
    google.server().createContext("/v1/token", this::token);
    google.server().createContext("/", this::object);
    Files.writeString(pod.resolve("google"), "token-1");
  }

  @AfterEach
  void stop() {
    google.close();
    HttpsURLConnection.setDefaultSSLSocketFactory(before);
  }

  private Stores stores() {
    return Stores.ofPod(
        Map.of(
            "BATCHAPI_IDENTITY",
            pod.toString(),
            "STORAGE_EMULATOR_HOST",
            google.url(""),
            "GOOGLE_APPLICATION_CREDENTIALS_JSON",
            """
            {"type": "external_account", "audience": "%s",
             "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
             "token_url": "%s", "credential_source": {"file": "%s"}}
            """
                .formatted(AUDIENCE, google.url("/v1/token"), pod.resolve("google"))));
  }

  private static byte[] read(Store store) throws IOException {
    try (var in = store.open(FILE, 0, 4)) {
      return in.readAllBytes();
    }
  }

  @Test
  void theTokenBecomesOneOfGooglesOnceForManyRequests() throws IOException {
    try (var stores = stores()) {
      assertThat(read(stores.of("gs://"))).isEqualTo(CONTENT);
      assertThat(read(stores.of("gs://"))).isEqualTo(CONTENT);
      assertThat(issued).hasValue(1);
    }
  }

  /** Kubelet has written another token by then. */
  @Test
  void aTokenThatEndsInTheMiddleIsRenewedWithThePodsTokenOfThatMoment() throws IOException {
    lifetime = Duration.ofSeconds(1);
    try (var stores = stores()) {
      assertThat(read(stores.of("gs://"))).isEqualTo(CONTENT);
      taken = "token-2";
      Files.writeString(pod.resolve("google"), "token-2");
      issued.incrementAndGet(); // what was issued before is not taken any more
      assertThat(read(stores.of("gs://"))).isEqualTo(CONTENT);
    }
  }

  @Test
  void aTokenThatIsNotTakenIsSaidSoAndNotShown() throws IOException {
    Files.writeString(pod.resolve("google"), "hush");
    try (var stores = stores()) {
      assertThatThrownBy(() -> read(stores.of("gs://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(
              "the account of GOOGLE_APPLICATION_CREDENTIALS_JSON has no token for bucket photos at "
                  + google.url(""))
          .hasMessageContaining("invalid_grant")
          .hasMessageNotContaining("hush");
    }
  }

  @Test
  void aTokenThatIsNotThereIsSaidSo() throws IOException {
    Files.delete(pod.resolve("google"));
    try (var stores = stores()) {
      assertThatThrownBy(() -> read(stores.of("gs://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("has no token for bucket photos")
          .hasMessageContaining(pod.resolve("google").toString());
    }
  }

  private void token(HttpExchange exchange) throws IOException {
    try (exchange) {
      var form = new HashMap<String, String>();
      for (var field : new String(exchange.getRequestBody().readAllBytes(), UTF_8).split("&", -1)) {
        var parts = field.split("=", 2);
        form.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
      }
      var isOurs = AUDIENCE.equals(form.get("audience")) && taken.equals(form.get("subject_token"));
      send(
          exchange,
          isOurs ? 200 : 400,
          isOurs
              ? "{\"access_token\": \"access-%d\", \"issued_token_type\": \"urn:ietf:params:oauth:token-type:access_token\", \"token_type\": \"Bearer\", \"expires_in\": %d}"
                  .formatted(issued.incrementAndGet(), lifetime.toSeconds())
              : "{\"error\": \"invalid_grant\", \"error_description\": \"The token is not taken.\"}");
    }
  }

  private void object(HttpExchange exchange) throws IOException {
    try (exchange) {
      var token = exchange.getRequestHeaders().getFirst("Authorization");
      if (("Bearer access-" + issued.get()).equals(token)) {
        exchange.getResponseHeaders().add("x-goog-generation", "7");
        exchange.getResponseHeaders().add("Content-Range", "bytes 0-3/4");
        send(exchange, 206, new String(CONTENT, UTF_8));
      } else {
        send(exchange, 401, "{\"error\": {\"code\": 401, \"message\": \"no\"}}");
      }
    }
  }

  private static void send(HttpExchange exchange, int code, String body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length());
    exchange.getResponseBody().write(body.getBytes(UTF_8));
  }
}
