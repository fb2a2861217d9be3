package dev.batchapi.operator.health;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may read metrics, which name every namespace that has jobs. */
@FunctionalInterface
public interface MetricsAccess {
  /** Whoever reaches the port. */
  MetricsAccess OPEN = authorization -> Optional.empty();

  /**
   * An answer instead of the metrics.
   *
   * @param status of HTTP
   * @param sentence for whoever asked
   */
  record Refusal(int status, String sentence) {}

  /**
   * Decides about one request; may take as long as a request to the API server.
   *
   * @param authorization the request's header of that name, if it has one
   * @return empty if it is allowed
   */
  Optional<Refusal> refusal(@Nullable String authorization);
}
