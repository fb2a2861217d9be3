package dev.batchapi.metrics;

/** Which server reads the metrics; their rules differ where the wire format is the same. */
public enum Flavour {
  /**
   * Prometheus' statsd_exporter. A signed gauge is a delta to it, so a negative value is sent as 0
   * and the value; negative counts are dropped, because it refuses them; names and labels that
   * would break its own exposition never leave the client.
   */
  PROMETHEUS,
  /** The Datadog agent. Gauges are absolute, counts may be negative. */
  DATADOG
}
