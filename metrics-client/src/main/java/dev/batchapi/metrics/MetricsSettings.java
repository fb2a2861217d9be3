package dev.batchapi.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where metrics go and how.
 *
 * @param server where the StatsD server listens; a Unix socket is of the flavour datadog only
 * @param tags on every metric, over the handler's own of the same key; at most 10
 * @param flavour which rules the server has
 * @param maxSeries how many different series (name, kind and tags) one client sends, 1 to 100000
 * @param zeroSeconds how long the first value of a counter waits behind a 0, so that Prometheus has
 *     a value to count an increase from: a scrape interval, at most 300; 0 sends no 0, which is
 *     right where Prometheus ingests the exporter's start timestamps
 */
public record MetricsSettings(
    StatsdAddress server,
    Map<String, String> tags,
    Flavour flavour,
    int maxSeries,
    int zeroSeconds) {

  /** Variable that holds {@code host:port} or {@code unix:///path}; without it nothing is sent. */
  public static final String STATSD = "BATCHAPI_STATSD";

  /** Variable that holds the tags of every metric, {@code key:value,key:value}. */
  public static final String TAGS = "BATCHAPI_METRICS_TAGS";

  /** Variable that holds the flavour, {@code prometheus} (the default) or {@code datadog}. */
  public static final String FLAVOUR = "BATCHAPI_STATSD_FLAVOUR";

  /** Variable that holds the largest number of series, 1000 by default. */
  public static final String MAX_SERIES = "BATCHAPI_METRICS_MAX_SERIES";

  /** Variable that holds {@code zeroSeconds}, 0 by default. */
  public static final String ZERO_SECONDS = "BATCHAPI_METRICS_ZERO_SECONDS";

  static final int DEFAULT_MAX_SERIES = 1_000;
  private static final int LARGEST_MAX_SERIES = 100_000;
  private static final int LARGEST_ZERO_SECONDS = 300;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException saying what is out of range
   */
  public MetricsSettings {
    if (server instanceof StatsdAddress.Unix && flavour != Flavour.DATADOG) {
      throw new IllegalArgumentException(
          "a Unix socket needs the flavour datadog; for prometheus name host:port");
    }
    if (tags.size() > WireRules.MAX_TAGS) {
      throw new IllegalArgumentException(
          tags.size() + " tags on every metric are more than " + WireRules.MAX_TAGS);
    }
    if (maxSeries < 1 || maxSeries > LARGEST_MAX_SERIES) {
      throw new IllegalArgumentException(
          "a limit of " + maxSeries + " series is not between 1 and " + LARGEST_MAX_SERIES);
    }
    if (zeroSeconds < 0 || zeroSeconds > LARGEST_ZERO_SECONDS) {
      throw new IllegalArgumentException(
          zeroSeconds + " s behind a 0 are not between 0 and " + LARGEST_ZERO_SECONDS);
    }
    tags = Map.copyOf(tags);
  }

  /** Prometheus flavour, no tags, 1,000 series. */
  public static MetricsSettings of(String host, int port) {
    return of(new StatsdAddress.Udp(host, port));
  }

  /** No tags, 1,000 series; the flavour is prometheus, and for a Unix socket datadog. */
  public static MetricsSettings of(StatsdAddress server) {
    Flavour flavour = server instanceof StatsdAddress.Unix ? Flavour.DATADOG : Flavour.PROMETHEUS;
    return new MetricsSettings(server, Map.of(), flavour, DEFAULT_MAX_SERIES, 0);
  }

  /**
   * The same from text, see {@link StatsdAddress#parse}.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  public static MetricsSettings parse(String address) {
    return of(StatsdAddress.parse(address));
  }

  /**
   * From the variables named above; empty when {@link #STATSD} is unset or empty.
   *
   * @throws IllegalArgumentException naming the variable that has a bad value
   */
  public static Optional<MetricsSettings> fromEnvironment(Map<String, String> environment) {
    String address = environment.getOrDefault(STATSD, "");
    if (address.isEmpty()) {
      return Optional.empty();
    }
    StatsdAddress server = read(STATSD, address, StatsdAddress::parse);
    Map<String, String> tags =
        read(TAGS, environment.getOrDefault(TAGS, ""), MetricsSettings::parseTags);
    Flavour flavour = read(FLAVOUR, environment.getOrDefault(FLAVOUR, "prometheus"), Flavour::of);
    int maxSeries =
        read(
            MAX_SERIES,
            environment.getOrDefault(MAX_SERIES, Integer.toString(DEFAULT_MAX_SERIES)),
            text -> number(text, 1, LARGEST_MAX_SERIES));
    int zeroSeconds =
        read(
            ZERO_SECONDS,
            environment.getOrDefault(ZERO_SECONDS, "0"),
            text -> number(text, 0, LARGEST_ZERO_SECONDS));
    return Optional.of(
        read(
            STATSD,
            address,
            _ -> new MetricsSettings(server, tags, flavour, maxSeries, zeroSeconds)));
  }

  /** The same with these tags on every metric. */
  public MetricsSettings withTags(Map<String, String> newTags) {
    return new MetricsSettings(server, newTags, flavour, maxSeries, zeroSeconds);
  }

  /** The same for another kind of server. */
  public MetricsSettings withFlavour(Flavour newFlavour) {
    return new MetricsSettings(server, tags, newFlavour, maxSeries, zeroSeconds);
  }

  /** The same with another limit of series. */
  public MetricsSettings withMaxSeries(int newMaxSeries) {
    return new MetricsSettings(server, tags, flavour, newMaxSeries, zeroSeconds);
  }

  /** The same with another pause between a counter's 0 and its first value, 0 for no 0. */
  public MetricsSettings withZeroSeconds(int newZeroSeconds) {
    return new MetricsSettings(server, tags, flavour, maxSeries, newZeroSeconds);
  }

  private interface Parser<T> {
    T parse(String text);
  }

  private static <T> T read(String variable, String text, Parser<T> parser) {
    try {
      return parser.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, String> parseTags(String text) {
    Map<String, String> tags = new LinkedHashMap<>();
    if (text.isEmpty()) {
      return tags;
    }
    for (String pair : text.split(",", -1)) {
      int colon = pair.indexOf(':');
      if (colon < 1 || colon == pair.length() - 1) {
        throw new IllegalArgumentException(
            "\"" + pair + "\" is not key:value (several are separated by commas)");
      }
      tags.put(pair.substring(0, colon).strip(), pair.substring(colon + 1).strip());
    }
    if (tags.size() > WireRules.MAX_TAGS) {
      throw new IllegalArgumentException(tags.size() + " tags are more than " + WireRules.MAX_TAGS);
    }
    return tags;
  }

  private static int number(String text, int least, int most) {
    if (!text.matches("[0-9]{1,6}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a number from " + least + " to " + most);
    }
    return Integer.parseInt(text);
  }
}
