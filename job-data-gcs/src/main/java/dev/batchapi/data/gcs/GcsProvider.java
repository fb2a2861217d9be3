package dev.batchapi.data.gcs;

import dev.batchapi.data.store.Authorities;
import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Google Cloud Storage, for the service loader. */
public final class GcsProvider implements StoreProvider {
  /** For a connection, and between bytes. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public Set<String> schemes() {
    return Set.of("gs");
  }

  @Override
  public Store open(Map<String, String> env) {
    var settings = GcsSettings.of(env);
    Authorities.trust(settings.endpoint(), env);
    return new GcsStore(settings, TIMEOUT, Backoff.DEFAULT);
  }
}
