package dev.batchapi.cli.statsd;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of the DogStatsD format, {@code name:value|type|@rate|#key:value,key:value}; rate and
 * tags are optional, and what tells the container is skipped. Read strictly: what a server might
 * guess about is refused here, so that a mistake is seen on the laptop.
 *
 * @param value as sent
 * @param signed whether the value had a sign, which makes a gauge a change of what it was
 * @param weight how many samples it stands for, 1 / rate
 */
record MetricLine(
    String name,
    MetricType type,
    SortedMap<String, String> tags,
    double value,
    boolean signed,
    double weight) {

  private static final Pattern LINE =
      Pattern.compile(
          "(?<name>[A-Za-z0-9_.-]+)"
              + ":(?<value>[+-]?[0-9]+(\\.[0-9]+)?)"
              + "\\|(?<type>c|g|h|d|ms)"
              + "(\\|@(?<rate>[01](\\.[0-9]+)?))?"
              + "(\\|#(?<tags>[^|]+))?"
              // What Datadog's client says of where it runs.
              + "(\\|(card|c|e):[^|]+)*");
  private static final Pattern TAG =
      Pattern.compile("(?<key>[A-Za-z_][A-Za-z0-9_]*):(?<value>[^,|\\p{Cntrl}]+)");

  /** Empty when it isn't such a line. */
  static Optional<MetricLine> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String rate = matcher.group("rate");
    double fraction = rate == null ? 1 : Double.parseDouble(rate);
    double value = Double.parseDouble(matcher.group("value"));
    Optional<SortedMap<String, String>> tags = tags(matcher.group("tags"));
    if (fraction <= 0 || fraction > 1 || Double.isInfinite(value) || tags.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new MetricLine(
            matcher.group("name"),
            type(matcher.group("type")),
            tags.get(),
            value,
            matcher.group("value").startsWith("-") || matcher.group("value").startsWith("+"),
            1 / fraction));
  }

  private static MetricType type(String letters) {
    return switch (letters) {
      case "c" -> MetricType.COUNTER;
      case "g" -> MetricType.GAUGE;
      default -> MetricType.HISTOGRAM;
    };
  }

  private static Optional<SortedMap<String, String>> tags(@Nullable String text) {
    SortedMap<String, String> tags = new TreeMap<>();
    if (text != null) {
      for (String pair : text.split(",", -1)) {
        Matcher tag = TAG.matcher(pair);
        if (!tag.matches() || tags.put(tag.group("key"), tag.group("value")) != null) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(Collections.unmodifiableSortedMap(tags));
  }
}
