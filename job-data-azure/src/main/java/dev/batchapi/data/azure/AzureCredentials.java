package dev.batchapi.data.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.identity.AadCredentialBuilderBase;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import dev.batchapi.data.store.StoreRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: what the environment says, otherwise who has logged in with az on this machine; without
 * either it is nobody, who may read what is public. Never the machine's own identity: in a pod that
 * is the node's, which a job's submitter would read with.
 *
 * @param to gives them to a client; renewed by Azure's library, where they expire
 * @param name how messages call it, without any secret
 */
record AzureCredentials(Consumer<BlobServiceClientBuilder> to, String name) {
  private static final String KEY = "AZURE_STORAGE_KEY";
  private static final String AUTHORITY = "AZURE_AUTHORITY_HOST";
  private static final Set<String> PUBLIC =
      Set.of(
          "https://login.microsoftonline.com",
          "https://login.microsoftonline.us",
          "https://login.chinacloudapi.cn");

  /**
   * By the first of these that is there: {@code AZURE_STORAGE_KEY}, {@code
   * AZURE_STORAGE_SAS_TOKEN}, {@code AZURE_FEDERATED_TOKEN_FILE} or {@code AZURE_CLIENT_SECRET}
   * with {@code AZURE_CLIENT_ID} and {@code AZURE_TENANT_ID}, az's folder.
   *
   * @throws StoreRefusedException if they can't be used
   */
  static AzureCredentials of(Map<String, String> env, @Nullable String account) {
    var key = AzureSettings.value(env, KEY);
    if (key != null) {
      return key(Objects.requireNonNullElse(account, ""), key);
    }
    var signature = AzureSettings.value(env, "AZURE_STORAGE_SAS_TOKEN");
    if (signature != null) {
      return new AzureCredentials(client -> client.sasToken(signature), "a SAS token");
    }
    var id = AzureSettings.value(env, "AZURE_CLIENT_ID");
    var tenant = AzureSettings.value(env, "AZURE_TENANT_ID");
    var file = AzureSettings.value(env, "AZURE_FEDERATED_TOKEN_FILE");
    var secret = AzureSettings.value(env, "AZURE_CLIENT_SECRET");
    var authority = AzureSettings.value(env, AUTHORITY);
    if (id != null && tenant != null && file != null) {
      var builder =
          new WorkloadIdentityCredentialBuilder().clientId(id).tenantId(tenant).tokenFilePath(file);
      if (isPrivate(authority)) {
        builder.disableInstanceDiscovery();
      }
      return token(at(authority, builder).build(), "the workload identity " + id);
    }
    if (id != null && tenant != null && secret != null) {
      var builder =
          new ClientSecretCredentialBuilder().clientId(id).tenantId(tenant).clientSecret(secret);
      if (isPrivate(authority)) {
        builder.disableInstanceDiscovery();
      }
      return token(at(authority, builder).build(), "the application " + id);
    }
    return Files.exists(az(env))
        ? token(new AzureCliCredentialBuilder().build(), "the account of az login")
        : new AzureCredentials(client -> {}, "no credentials");
  }

  private static <T extends AadCredentialBuilderBase<T>> T at(
      @Nullable String authority, T builder) {
    return authority == null ? builder : builder.authorityHost(authority);
  }

  /** Microsoft's public servers know each other; of another one they would have to be asked. */
  private static boolean isPrivate(@Nullable String authority) {
    return authority != null && !PUBLIC.contains(authority.replaceAll("/*$", ""));
  }

  private static Path az(Map<String, String> env) {
    var folder = AzureSettings.value(env, "AZURE_CONFIG_DIR");
    var base = folder != null ? Path.of(folder) : Path.of(env.getOrDefault("HOME", "/"), ".azure");
    return base.resolve("azureProfile.json");
  }

  private static AzureCredentials token(TokenCredential token, String name) {
    return new AzureCredentials(client -> client.credential(token), name);
  }

  private static AzureCredentials key(String account, String key) {
    if (account.isEmpty()) {
      throw new StoreRefusedException(
          KEY + " is the key of an account: name that in AZURE_STORAGE_ACCOUNT.");
    }
    try {
      Base64.getDecoder().decode(key);
    } catch (IllegalArgumentException e) {
      throw new StoreRefusedException(KEY + " is no key of a storage account: it is not Base64.");
    }
    return new AzureCredentials(
        client -> client.credential(new StorageSharedKeyCredential(account, key)),
        "the key of account " + account);
  }

  @Override
  public String toString() {
    return name;
  }
}
