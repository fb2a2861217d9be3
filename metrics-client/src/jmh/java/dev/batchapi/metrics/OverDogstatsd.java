package dev.batchapi.metrics;

/** Our client with java-dogstatsd-client as its transport: what the library itself costs. */
public final class OverDogstatsd {
  private OverDogstatsd() {}

  public static StatsdMetrics open(MetricsSettings settings) {
    return StatsdMetrics.open(settings.withFlavour(Flavour.DATADOG));
  }
}
