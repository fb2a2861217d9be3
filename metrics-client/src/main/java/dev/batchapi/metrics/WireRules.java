package dev.batchapi.metrics;

import java.util.List;
import java.util.Set;

/**
 * What a line to the exporter may hold, whoever sends it: the one home of docs/metrics.md, "Names,
 * tags, values". The client cleans by these rules, the guard before the exporter refuses by them.
 */
public final class WireRules {
  /** Longest name, in characters. */
  public static final int MAX_NAME = 200;

  /** Most tags of one metric. */
  public static final int MAX_TAGS = 10;

  /** Longest key of a tag, in characters. */
  public static final int MAX_TAG_KEY = 64;

  /** Longest value of a tag, in UTF-16 units. */
  public static final int MAX_TAG_VALUE = 200;

  /**
   * Longest line and longest datagram, in bytes: fits into the packets of overlay networks, whose
   * limit is 1,450 bytes or a little less.
   */
  public static final int MAX_LINE_BYTES = 1_400;

  /** Values are between minus this and this. */
  public static final double LARGEST_VALUE = 1e300;

  /** Names that begin with one of these belong to the platform, or did in Cortex. */
  public static final List<String> RESERVED_PREFIXES = List.of("batchapi_", "cortex_", "istio_");

  /** What the client itself sends under a reserved prefix. */
  private static final Set<String> OF_THE_CLIENT =
      Set.of("batchapi_metrics_dropped", "batchapi_metrics_changed");

  /**
   * The exporter's own metrics. A second metric under such a name makes its whole exposition fail
   * until it is restarted.
   */
  private static final List<String> EXPORTER =
      List.of("go_", "process_", "promhttp_", "statsd_", "datadog_dogstatsd_client_");

  /** What Prometheus adds to every scrape; a pushed series of that name would be a duplicate. */
  private static final List<String> PROMETHEUS = List.of("up", "ALERTS", "ALERTS_FOR_STATE");

  /**
   * Labels that Prometheus or the exporter sets itself: a pushed {@code le} or {@code quantile}
   * ends the exporter's process.
   */
  private static final Set<String> TAKEN = Set.of("le", "quantile", "job", "instance");

  private WireRules() {}

  /** Whether a name may hold this: ASCII letters, digits, {@code _ . -}. */
  public static boolean isInNames(int c) {
    return isInTagKeys(c) || c == '.' || c == '-';
  }

  /** Whether a tag's key may hold this: ASCII letters, digits, {@code _}. */
  public static boolean isInTagKeys(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  /**
   * Whether a tag's value may hold this and nothing is harmed: what can be seen, and spaces, except
   * the separators {@code , |}. The client sends less, see {@link TagRules}.
   */
  public static boolean isInTagValues(int codePoint) {
    if (codePoint < 0x7f) {
      return codePoint >= ' ' && codePoint != ',' && codePoint != '|';
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /**
   * Writes a name or a tag's key as the exporter shows it: {@code .} and {@code -} become {@code
   * _}, a row of dashes a single one, and a first digit gets one before it.
   *
   * @param target has room for one byte more than the name
   * @return how many bytes were written
   */
  public static int expose(byte[] source, int from, int to, byte[] target) {
    int end = 0;
    if (source[from] >= '0' && source[from] <= '9') {
      target[end++] = '_';
    }
    for (int i = from; i < to; i++) {
      byte c = source[i];
      if (c != '-' || i == from || source[i - 1] != '-') {
        target[end++] = c == '.' || c == '-' ? (byte) '_' : c;
      }
    }
    return end;
  }

  /** Whether the server or Prometheus uses this name itself, as it is exposed. */
  public static boolean belongsToServer(String exposed) {
    return EXPORTER.stream().anyMatch(exposed::startsWith)
        || exposed.startsWith("scrape_")
        || PROMETHEUS.contains(exposed);
  }

  /**
   * Whether this name, as it is exposed, is the platform's, so that no handler may use it. What the
   * client reports about itself is not among them.
   */
  public static boolean belongsToPlatform(String exposed) {
    return RESERVED_PREFIXES.stream().anyMatch(exposed::startsWith)
        && !OF_THE_CLIENT.contains(exposed);
  }

  /** Whether a tag may not have this key, as it is exposed. */
  public static boolean isTakenTagKey(String exposed) {
    return exposed.startsWith("__") || TAKEN.contains(exposed);
  }
}
