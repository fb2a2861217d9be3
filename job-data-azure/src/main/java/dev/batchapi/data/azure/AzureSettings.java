package dev.batchapi.data.azure;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import dev.batchapi.data.store.StoreRefusedException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which storage account, and who asks. */
record AzureSettings(URI endpoint, AzureCredentials credentials) {
  private static final String ENDPOINT = "AZURE_STORAGE_SERVICE_ENDPOINT";
  private static final String ACCOUNT = "AZURE_STORAGE_ACCOUNT";

  /** The SDK's own, within seconds; a store tries for longer. */
  private static final int TRIES = 2;

  private static final long PAUSE_MILLIS = 200;

  /**
   * From {@code AZURE_STORAGE_ACCOUNT}, or {@code AZURE_STORAGE_SERVICE_ENDPOINT} for another place
   * than Azure's public one, and those of {@link AzureCredentials}.
   *
   * @throws StoreRefusedException if they say no account, or can't be used
   */
  static AzureSettings of(Map<String, String> env) {
    var account = value(env, ACCOUNT);
    var endpoint = value(env, ENDPOINT);
    if (account != null && !account.matches("[a-z0-9]{3,24}")) {
      throw new StoreRefusedException(
          ACCOUNT + " is no name of a storage account: 3 to 24 small letters and digits.");
    }
    if (endpoint == null && account == null) {
      throw new StoreRefusedException(
          "az:// is for containers of one storage account: name it in %s.".formatted(ACCOUNT));
    }
    return new AzureSettings(
        endpoint == null
            ? URI.create("https://%s.blob.core.windows.net".formatted(account))
            : url(endpoint),
        AzureCredentials.of(env, account));
  }

  /** A variable; null if it is empty or not there. */
  static @Nullable String value(Map<String, String> env, String name) {
    var value = env.getOrDefault(name, "").strip();
    return value.isEmpty() ? null : value;
  }

  private static URI url(String endpoint) {
    try {
      var uri = URI.create(endpoint);
      if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // The message below says it, for it isn't shown: it could hold a signature.
    }
    throw new StoreRefusedException(
        ENDPOINT + " is no URL of a server, such as https://account.blob.core.windows.net.");
  }

  /** How messages call the place. */
  String place() {
    return endpoint.toString();
  }

  /** A client; nothing is asked yet. */
  BlobServiceClient client(Duration timeout) {
    var builder =
        new BlobServiceClientBuilder()
            .endpoint(endpoint.toString())
            .httpClient(
                new JdkHttpClientBuilder()
                    .connectionTimeout(timeout)
                    .responseTimeout(timeout)
                    .readTimeout(timeout)
                    .build())
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.FIXED, TRIES, null, PAUSE_MILLIS, PAUSE_MILLIS, null));
    builder.addPolicy(new WithoutLength());
    credentials.to().accept(builder);
    return builder.buildClient();
  }
}
