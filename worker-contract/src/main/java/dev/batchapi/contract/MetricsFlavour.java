package dev.batchapi.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whose rules the metrics server has; the wire format is the same. */
public enum MetricsFlavour {
  @JsonProperty("prometheus")
  PROMETHEUS,
  @JsonProperty("datadog")
  DATADOG
}
