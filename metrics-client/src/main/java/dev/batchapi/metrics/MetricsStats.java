package dev.batchapi.metrics;

import java.util.Map;

/**
 * What a client did since it was opened.
 *
 * @param sent lines handed to the network; a counter's increments of up to a second are one line
 * @param losses pushes that were dropped or changed, by reason; reasons that never occurred are
 *     absent
 */
public record MetricsStats(long sent, Map<Loss, Long> losses) {

  /** Pushes that were dropped for this reason, or sent differently. */
  public long lost(Loss reason) {
    return losses.getOrDefault(reason, 0L);
  }

  /** Pushes that were dropped, for any reason. */
  public long dropped() {
    return losses.entrySet().stream()
        .filter(loss -> loss.getKey().dropsMetric())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
