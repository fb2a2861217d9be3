package dev.batchapi.data.azure;

import dev.batchapi.data.store.Authorities;
import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Azure Blob Storage, for the service loader. */
public final class AzureProvider implements StoreProvider {
  /** For a connection, and between bytes. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public Set<String> schemes() {
    return Set.of("az");
  }

  @Override
  public Store open(Map<String, String> env) {
    var settings = AzureSettings.of(env);
    Authorities.trust(settings.endpoint(), env);
    return new AzureStore(settings, TIMEOUT, Backoff.DEFAULT);
  }
}
