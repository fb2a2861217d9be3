package dev.batchapi.runtime.host;

import dev.batchapi.handler.MetricsClient;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.LostPushes;
import dev.batchapi.runtime.protocol.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The metrics client as the handler sees it: all but its end. */
final class HandlerMetrics implements MetricsClient {
  private static final int MAX = Integer.MAX_VALUE;

  private final StatsdMetrics client;

  private HandlerMetrics(StatsdMetrics client) {
    this.client = client;
  }

  /**
   * Opens a client with the job's settings.
   *
   * @throws HandlerInvalidException if they can't be used
   */
  static HandlerMetrics open(Start.Metrics settings) throws HandlerInvalidException {
    String statsd = settings.statsd();
    if (statsd == null) {
      return new HandlerMetrics(StatsdMetrics.unconfigured());
    }
    try {
      return new HandlerMetrics(
          StatsdMetrics.open(
              MetricsSettings.parse(statsd)
                  .withFlavour(Flavour.of(settings.flavour()))
                  .withTags(settings.tags())));
    } catch (IllegalArgumentException e) {
      throw new HandlerInvalidException("metrics: " + e.getMessage());
    }
  }

  @Override
  public void increment(String metric, double value, Map<String, String> tags) {
    client.increment(metric, value, tags);
  }

  @Override
  public void gauge(String metric, double value, Map<String, String> tags) {
    client.gauge(metric, value, tags);
  }

  @Override
  public void histogram(String metric, double value, Map<String, String> tags) {
    client.histogram(metric, value, tags);
  }

  @Override
  public void distribution(String metric, double value, Map<String, String> tags) {
    client.distribution(metric, value, tags);
  }

  @Override
  public boolean flush() {
    return client.flush();
  }

  /** A batch has ended: what it pushed leaves within 25 ms. Returns at once. */
  void flushSoon() {
    client.flushSoon();
  }

  /** What was dropped or changed so far; it is logged and counted already. */
  LostPushes losses() {
    List<LostPushes.Loss> losses = new ArrayList<>();
    client
        .stats()
        .losses()
        .forEach(
            (reason, count) ->
                losses.add(new LostPushes.Loss(reason.text(), Math.clamp(count, 0, MAX), "", "")));
    return new LostPushes(true, losses);
  }

  /** Hands everything that was pushed to the network, within 2 s; later pushes are dropped. */
  void close() {
    client.close();
  }
}
