package dev.batchapi.data.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Google answers and the emulator doesn't: tokens, refusals, other times. */
class GcsAnswersTest {
  private static final StoredFile FILE = new StoredFile("gs://b/k", 4, "7");

  private HttpServer server;
  private final Queue<Integer> codes = new ConcurrentLinkedQueue<>();
  private volatile int tokenCode = 200;
  private volatile String authorization = "";
  private volatile String query = "";
  private volatile String generation = "7";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::token);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void theContentOfAKeyIsWhoAsksAndTheGenerationIsACondition() throws Exception {
    try (var store = store(key());
        var in = store.open(FILE, 0, 4)) {
      assertThat(in.readAllBytes()).isEqualTo("1234".getBytes(UTF_8));
    }
    assertThat(authorization).isEqualTo("Bearer hush-token");
    assertThat(query).contains("ifGenerationMatch=7").contains("alt=media");
  }

  @Test
  void whoIsRefusedIsNamedWithoutASecret() throws Exception {
    for (var code : List.of(401, 403)) {
      // A token that isn't taken is asked for again, some times.
      codes.addAll(Collections.nCopies(20, code));
      try (var store = store(key())) {
        assertThatThrownBy(() -> store.find("gs://b/k"))
            .isInstanceOf(StoreRefusedException.class)
            .hasMessageContaining(endpoint())
            .hasMessageContaining("tagger@project.example")
            .hasMessageContaining("because of it")
            .hasMessageNotContaining("hush");
      }
      codes.clear();
    }
    tokenCode = 400;
    try (var store = store(key())) {
      assertThatThrownBy(() -> store.find("gs://b/k"))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("tagger@project.example has no token for bucket b")
          .hasMessageContaining("invalid_grant");
    }
  }

  @Test
  void whatIsBusyIsAskedAgain() throws Exception {
    codes.addAll(List.of(503, 429, 500));
    try (var store = store(key());
        var in = store.open(FILE, 0, 4)) {
      assertThat(in.readAllBytes()).hasSize(4);
    }
    codes.addAll(Collections.nCopies(200, 503));
    try (var store = store(key())) {
      assertThatThrownBy(() -> store.find("gs://b/k"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("bucket b: 503 because of it");
    }
  }

  @Test
  void anotherGenerationIsAnotherVersion() throws Exception {
    codes.add(412);
    try (var store = store(key())) {
      assertThatThrownBy(() -> store.open(FILE, 0, 4))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("another version");
    }
    generation = "8";
    try (var store = store(key())) {
      assertThatThrownBy(() -> store.open(FILE, 0, 4)).isInstanceOf(FileChangedException.class);
    }
  }

  @Test
  void aServerThatIsAnotherOneIsSaidSo() throws Exception {
    try (var store = store(key())) {
      assertThatThrownBy(() -> store.find("gs://b/k"))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("the answer is not Cloud Storage's");
    }
  }

  @Test
  void settingsThatAreNoGoodAreNamedWithoutTheirContent() {
    for (var env :
        List.of(
            Map.of("GOOGLE_APPLICATION_CREDENTIALS_JSON", "hush"),
            Map.of(
                "GOOGLE_APPLICATION_CREDENTIALS_JSON",
                "{\"type\":\"service_account\",\"private_key\":\"hush\"}"),
            Map.of("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json"),
            Map.of("STORAGE_EMULATOR_HOST", "http://u:hush@x"))) {
      assertThatThrownBy(() -> GcsSettings.of(env))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(env.keySet().iterator().next())
          .hasMessageNotContaining("hush");
    }
  }

  /** Least of all the node's own account, which a pod could ask for. */
  @Test
  void credentialsAreThoseThatAreNamedOrNobodys() {
    assertThat(GcsSettings.of(Map.of("CLOUDSDK_CONFIG", "/nowhere")).credentials().google())
        .isNull();
    assertThat(
            GcsSettings.of(Map.of("GOOGLE_METADATA_SERVER_CREDENTIALS", "true"))
                .credentials()
                .name())
        .isEqualTo("the account of the metadata server");
  }

  private Store store(Map<String, String> env) {
    return new GcsStore(
        GcsSettings.of(env),
        Duration.ofSeconds(5),
        new Backoff(Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(500)));
  }

  private Map<String, String> key() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var pem =
        "-----BEGIN PRIVATE KEY-----\\n%s\\n-----END PRIVATE KEY-----\\n"
            .formatted(
                Base64.getEncoder()
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded()));
    var env = new HashMap<String, String>();
    env.put("STORAGE_EMULATOR_HOST", endpoint());
    env.put(
        "GOOGLE_APPLICATION_CREDENTIALS_JSON",
        """
        {"type": "service_account", "project_id": "project", "private_key_id": "1",
         "client_email": "tagger@project.example", "client_id": "1",
         "private_key": "%s", "token_uri": "%s/token"}
        """
            .formatted(pem, endpoint()));
    return env;
  }

  private void token(HttpExchange exchange) throws IOException {
    send(
        exchange,
        tokenCode,
        tokenCode == 200
            ? "{\"access_token\": \"hush-token\", \"token_type\": \"Bearer\", \"expires_in\": 3600}"
            : "{\"error\": \"invalid_grant\"}");
  }

  private void answer(HttpExchange exchange) throws IOException {
    authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    query = String.valueOf(exchange.getRequestURI().getRawQuery());
    var code = codes.poll();
    if (code != null) {
      send(exchange, code, "{\"error\": {\"code\": 1, \"message\": \"because of it\"}}");
      return;
    }
    exchange.getResponseHeaders().add("x-goog-generation", generation);
    exchange.getResponseHeaders().add("Content-Range", "bytes 0-3/4");
    send(exchange, 206, "1234");
  }

  private static void send(HttpExchange exchange, int code, String body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length());
    exchange.getResponseBody().write(body.getBytes(UTF_8));
    exchange.close();
  }
}
