package dev.batchapi.metrics;

import java.util.Locale;

/** Which server reads the metrics; their rules differ where the wire format is the same. */
public enum Flavour {
  /**
   * Prometheus' statsd_exporter. A signed gauge is a delta to it, so a negative value is sent as 0
   * and the value; negative counts are dropped, because it refuses them; names and labels that
   * would break its own exposition never leave the client.
   */
  PROMETHEUS,
  /** The Datadog agent. Gauges are absolute, counts may be negative. */
  DATADOG;

  /** As people write it: {@code prometheus}, {@code datadog}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what people write.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  public static Flavour of(String text) {
    for (Flavour flavour : values()) {
      if (flavour.text().equals(text)) {
        return flavour;
      }
    }
    throw new IllegalArgumentException("\"" + text + "\" is neither prometheus nor datadog");
  }
}
