package dev.batchapi.data.s3;

import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Stores of {@code s3://}, set up by the variables of AWS's own programs. */
public final class S3Provider implements StoreProvider {
  /** Between bytes; the only thing that ends a body that stalls. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public Set<String> schemes() {
    return Set.of("s3");
  }

  @Override
  public Store open(Map<String, String> env) {
    return new S3Store(S3Settings.of(env), TIMEOUT, Backoff.DEFAULT);
  }
}
