package dev.batchapi.data.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.batchapi.data.store.SecureServer;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The workload identity of an application: a pod's token becomes one of Azure's, by Azure's own
 * library, at a server that stands for Entra ID, and Azurite is read with it.
 */
class FederatedTokenIT {
  private static final byte[] CONTENT = "1\n2\n".getBytes(UTF_8);
  private static SSLContext before;
  private static SecureServer entra;
  private static Azurite azurite;

  private static final AtomicInteger ISSUED = new AtomicInteger();
  private static volatile String taken = "";
  private static volatile Duration lifetime = Duration.ofHours(1);

  @TempDir private Path pod;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    before = SSLContext.getDefault();
    entra = SecureServer.start(folder);
    SSLContext.setDefault(entra.clients());
    entra.server().createContext("/tenant-1/oauth2/v2.0/token", FederatedTokenIT::token);
    azurite = Azurite.withTokens(entra.keys());
    azurite.client().createBlobContainer("photos");
    azurite.put("photos", "a.jsonl", CONTENT);
  }

  @AfterAll
  static void stop() {
    azurite.close();
    entra.close();
    SSLContext.setDefault(before);
  }

  @BeforeEach
  void mount() throws IOException {
    ISSUED.set(0);
    lifetime = Duration.ofHours(1);
    taken = "token-1";
    Files.writeString(pod.resolve("azure"), "token-1");
  }

  private Stores stores() {
    return Stores.ofPod(
        Map.of(
            "BATCHAPI_IDENTITY",
            pod.toString(),
            "AZURE_STORAGE_SERVICE_ENDPOINT",
            azurite.endpoint(),
            "AZURE_CLIENT_ID",
            "client-1",
            "AZURE_TENANT_ID",
            "tenant-1",
            "AZURE_AUTHORITY_HOST",
            entra.url("/"),
            "AZURE_CONFIG_DIR",
            "/nowhere"));
  }

  private static byte[] read(Store store) throws IOException {
    var file = Objects.requireNonNull(store.find("az://photos/a.jsonl"));
    try (var in = store.open(file, 0, file.size())) {
      return in.readAllBytes();
    }
  }

  @Test
  void theTokenBecomesOneOfAzuresOnceForManyRequests() throws IOException {
    try (var stores = stores()) {
      assertThat(read(stores.of("az://"))).isEqualTo(CONTENT);
      assertThat(read(stores.of("az://"))).isEqualTo(CONTENT);
      assertThat(ISSUED).hasValue(1);
    }
  }

  /**
   * Azure's library reads the pod's token again after five minutes; kubelet writes another one long
   * before the old one ends.
   */
  @Test
  void aTokenThatEndsInTheMiddleIsRenewed() throws IOException {
    lifetime = Duration.ZERO;
    try (var stores = stores()) {
      assertThat(read(stores.of("az://"))).isEqualTo(CONTENT);
      assertThat(ISSUED).hasValueGreaterThan(1);
    }
  }

  @Test
  void aTokenThatIsNotTakenIsSaidSoAndNotShown() throws IOException {
    Files.writeString(pod.resolve("azure"), "hush");
    try (var stores = stores()) {
      assertThatThrownBy(() -> read(stores.of("az://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(
              "the workload identity client-1 has no token for container photos at "
                  + azurite.endpoint())
          .hasMessageContaining("AADSTS70021")
          .hasMessageNotContaining("hush");
    }
  }

  @Test
  void aTokenThatIsNotThereIsSaidSo() throws IOException {
    Files.delete(pod.resolve("azure"));
    try (var stores = stores()) {
      assertThatThrownBy(() -> read(stores.of("az://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("the workload identity client-1 has no token for container photos")
          .hasMessageContaining(pod.resolve("azure").toString());
    }
  }

  private static void token(HttpExchange exchange) throws IOException {
    try (exchange) {
      var form = new HashMap<String, String>();
      for (var field : new String(exchange.getRequestBody().readAllBytes(), UTF_8).split("&", -1)) {
        var parts = field.split("=", 2);
        form.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
      }
      var isOurs =
          "client-1".equals(form.get("client_id"))
              && form.getOrDefault("scope", "").startsWith("https://storage.azure.com/.default")
              && taken.equals(form.get("client_assertion"));
      if (isOurs) {
        ISSUED.incrementAndGet();
      }
      var body =
          isOurs
              ? "{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"%s\"}"
                  .formatted(lifetime.toSeconds(), ofAzure())
              : "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS70021: No matching federated identity record found.\"}";
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(isOurs ? 200 : 401, body.length());
      exchange.getResponseBody().write(body.getBytes(UTF_8));
    }
  }

  private static String ofAzure() {
    var now = Instant.now().getEpochSecond();
    return base64("{\"alg\":\"none\",\"typ\":\"JWT\"}")
        + "."
        + base64(
            "{\"aud\":\"https://storage.azure.com\",\"iss\":\"https://sts.windows.net/tenant-1/\",\"iat\":%d,\"nbf\":%d,\"exp\":%d}"
                .formatted(now - 60, now - 60, now + 3600))
        + ".c2lnbmF0dXJl";
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }
}
