package dev.batchapi.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sizes in bytes, of JSON in UTF-8, and counts. What is over is refused before anything runs. */
public final class Limits {
  /** Items written into a BatchJob, together: every status write rewrites them in etcd. */
  public static final int INLINE_ITEMS = 128 * 1024;

  /** A config, and a pod template: every status write rewrites them in etcd, too. */
  public static final int FREE_FORM = 128 * 1024;

  /** Batches of one job. */
  public static final int BATCHES = 1_000_000;

  private Limits() {}

  /**
   * Whether a job of so many items is within bounds.
   *
   * @param items how many items the input has
   * @param batchSize items per batch, at least 1
   */
  public static Optional<Problem> checkBatches(int items, int batchSize) {
    int batches = Math.ceilDiv(items, batchSize);
    if (batches <= Limits.BATCHES) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            "spec.input",
            String.format(
                Locale.ROOT,
                "%,d items in batches of %,d are %,d batches, and a job may have %,d: make batchSize"
                    + " larger",
                items,
                batchSize,
                batches,
                Limits.BATCHES)));
  }

  /** Whether free JSON is within bounds. */
  static Optional<Problem> checkFreeForm(@Nullable JsonNode json, String path) {
    long bytes = json == null ? 0 : json.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes <= Limits.FREE_FORM) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            path,
            String.format(
                Locale.ROOT,
                "has %,d bytes as JSON, and may have %,d: put what is large into the image, a volume"
                    + " or a ConfigMap that the handler reads",
                bytes,
                Limits.FREE_FORM)));
  }

  /** Names the item with which the limit is passed. */
  static Optional<Problem> checkItems(List<JsonNode> items, String path) {
    long bytes = 0;
    for (int i = 0; i < items.size(); i++) {
      bytes += items.get(i).toString().getBytes(StandardCharsets.UTF_8).length;
      if (bytes > Limits.INLINE_ITEMS) {
        return Optional.of(
            new Problem(
                "%s[%d]".formatted(path, i),
                String.format(
                    Locale.ROOT,
                    "up to and with item %d the items have %,d bytes as JSON, and together they may"
                        + " have %,d: put them into a ConfigMap",
                    i,
                    bytes,
                    Limits.INLINE_ITEMS)));
      }
    }
    return Optional.empty();
  }
}
