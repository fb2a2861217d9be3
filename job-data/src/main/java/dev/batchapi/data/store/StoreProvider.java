package dev.batchapi.data.store;

import java.util.Map;
import java.util.Set;

/** Makes the stores of some schemes; found by {@link java.util.ServiceLoader}. */
public interface StoreProvider {

  /** Schemes of its URLs, such as {@code s3}. */
  Set<String> schemes();

  /**
   * A store with the credentials and settings of an environment. Nothing is asked yet.
   *
   * @throws StoreRefusedException if a setting is no good
   */
  Store open(Map<String, String> env);
}
