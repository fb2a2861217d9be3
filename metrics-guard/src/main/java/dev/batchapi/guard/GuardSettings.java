package dev.batchapi.guard;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the guard is told by its environment.
 *
 * @param listen where StatsD lines arrive by UDP; {@code BATCHAPI_GUARD_LISTEN}
 * @param exporter where the exporter takes lines by TCP; {@code BATCHAPI_GUARD_EXPORTER}
 * @param exporterMetrics where it shows its metrics; {@code BATCHAPI_GUARD_EXPORTER_METRICS}
 * @param http where the guard's own metrics and health are; {@code BATCHAPI_GUARD_HTTP}
 * @param tokenFile with the bearer token that readers of metrics must send; null: they need none;
 *     {@code BATCHAPI_GUARD_TOKEN_FILE}
 * @param maxSeries most series that the exporter may have, 100 to 1,000,000; {@code
 *     BATCHAPI_GUARD_MAX_SERIES}
 * @param senderPart one sender may hold one part in so many of the series that are free, 1 to
 *     1,000; {@code BATCHAPI_GUARD_SENDER_PART}
 * @param ttlSeconds after how long without a push the exporter forgets a series, 1 to 604,800:
 *     {@code ttl} of its mapping; {@code BATCHAPI_GUARD_TTL_SECONDS}
 */
record GuardSettings(
    InetSocketAddress listen,
    InetSocketAddress exporter,
    URI exporterMetrics,
    InetSocketAddress http,
    @Nullable Path tokenFile,
    int maxSeries,
    int senderPart,
    int ttlSeconds) {

  private static final String PREFIX = "BATCHAPI_GUARD_";

  /**
   * Reads the variables named above.
   *
   * @throws IllegalArgumentException naming the variable that has a bad value
   */
  static GuardSettings from(Map<String, String> environment) {
    return new GuardSettings(
        address(environment, "LISTEN", ":9125"),
        address(environment, "EXPORTER", "127.0.0.1:9125"),
        url(environment, "EXPORTER_METRICS", "http://127.0.0.1:9102/metrics"),
        address(environment, "HTTP", ":9103"),
        file(environment, "TOKEN_FILE"),
        number(environment, "MAX_SERIES", 20_000, 100, 1_000_000),
        number(environment, "SENDER_PART", 8, 1, 1_000),
        number(environment, "TTL_SECONDS", 3_600, 1, 604_800));
  }

  private static InetSocketAddress address(Map<String, String> env, String name, String standard) {
    String text = env.getOrDefault(PREFIX + name, standard);
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw bad(name, text, "host:port, or :port for every address of this machine");
    }
    int number = Integer.parseInt(port);
    return colon == 0
        ? new InetSocketAddress(number)
        : new InetSocketAddress(text.substring(0, colon), number);
  }

  private static URI url(Map<String, String> env, String name, String standard) {
    String text = env.getOrDefault(PREFIX + name, standard);
    if (!text.matches("http://[^/\\s]+/[!-~]*")) {
      throw bad(name, text, "an address such as " + standard);
    }
    return URI.create(text);
  }

  private static @Nullable Path file(Map<String, String> env, String name) {
    String text = env.getOrDefault(PREFIX + name, "");
    return text.isBlank() ? null : Path.of(text);
  }

  private static int number(
      Map<String, String> env, String name, int standard, int least, int most) {
    String text = env.getOrDefault(PREFIX + name, Integer.toString(standard));
    if (!text.matches("[0-9]{1,7}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most) {
      throw bad(name, text, "a number from " + least + " to " + most);
    }
    return Integer.parseInt(text);
  }

  private static IllegalArgumentException bad(String name, String text, String expected) {
    return new IllegalArgumentException(
        "%s%s is \"%s\", but must be %s.".formatted(PREFIX, name, text, expected));
  }
}
