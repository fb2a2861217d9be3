package dev.batchapi.data.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.StoreRefusedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AzureSettingsTest {

  @Test
  void anAccountIsAPlaceAndAnEndpointAnother() {
    var azure = AzureSettings.of(Map.of("AZURE_STORAGE_ACCOUNT", "photos"));
    assertThat(azure.place()).isEqualTo("https://photos.blob.core.windows.net");
    var other =
        AzureSettings.of(
            Map.of(
                "AZURE_STORAGE_ACCOUNT", "photos",
                "AZURE_STORAGE_SERVICE_ENDPOINT", "https://photos.blob.core.example"));
    assertThat(other.place()).isEqualTo("https://photos.blob.core.example");
  }

  /** Least of all the node's own identity, which a pod could ask for. */
  @Test
  void credentialsAreThoseThatAreNamedOrNobodys() {
    assertThat(who("AZURE_STORAGE_KEY", "aHVzaA==")).isEqualTo("the key of account photos");
    assertThat(who("AZURE_STORAGE_SAS_TOKEN", "sig=hush")).isEqualTo("a SAS token");
    assertThat(
            who(
                "AZURE_CLIENT_ID", "client",
                "AZURE_TENANT_ID", "tenant",
                "AZURE_FEDERATED_TOKEN_FILE", "/token"))
        .isEqualTo("the workload identity client");
    assertThat(
            who(
                "AZURE_CLIENT_ID", "client",
                "AZURE_TENANT_ID", "tenant",
                "AZURE_CLIENT_SECRET", "hush"))
        .isEqualTo("the application client");
    assertThat(who("AZURE_CLIENT_ID", "client", "AZURE_TENANT_ID", "tenant"))
        .isEqualTo("no credentials");
  }

  @Test
  void settingsThatAreNoGoodAreNamedWithoutTheirContent() {
    for (var env :
        List.of(
            Map.of("AZURE_STORAGE_ACCOUNT", "x/hush"),
            Map.of("AZURE_STORAGE_SERVICE_ENDPOINT", "https://a.example/?sig=hush"),
            Map.of("AZURE_STORAGE_SERVICE_ENDPOINT", "hush"))) {
      assertThatThrownBy(() -> AzureSettings.of(env))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(env.keySet().iterator().next())
          .hasMessageNotContaining("hush");
    }
    assertThatThrownBy(
            () ->
                AzureSettings.of(
                    Map.of("AZURE_STORAGE_ACCOUNT", "photos", "AZURE_STORAGE_KEY", "hush!")))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("AZURE_STORAGE_KEY is no key of a storage account")
        .hasMessageNotContaining("hush");
    assertThatThrownBy(() -> AzureSettings.of(Map.of("AZURE_STORAGE_KEY", "aHVzaA==")))
        .hasMessageContaining("name it in AZURE_STORAGE_ACCOUNT");
  }

  private static String who(String... variables) {
    var env = new HashMap<String, String>();
    env.put("AZURE_STORAGE_ACCOUNT", "photos");
    env.put("AZURE_CONFIG_DIR", "/nowhere");
    for (var i = 0; i < variables.length; i += 2) {
      env.put(variables[i], variables[i + 1]);
    }
    return AzureSettings.of(env).credentials().name();
  }
}
