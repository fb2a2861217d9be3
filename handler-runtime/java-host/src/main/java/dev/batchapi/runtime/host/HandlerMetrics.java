package dev.batchapi.runtime.host;

import dev.batchapi.handler.MetricsClient;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsRelay;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdAddress;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.LostPushes;
import dev.batchapi.runtime.protocol.Metric;
import dev.batchapi.runtime.protocol.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The metrics client as the handler sees it: all but its end. */
final class HandlerMetrics implements MetricsClient {
  private static final int MAX = Integer.MAX_VALUE;

  private final StatsdMetrics client;

  /** Whether the worker sends what this client hands on. */
  private final boolean relayed;

  private HandlerMetrics(StatsdMetrics client, boolean relayed) {
    this.client = client;
    this.relayed = relayed;
  }

  /**
   * Opens a client with the job's settings. A Unix socket is in the worker's container alone, so
   * that what is pushed takes the way to the worker.
   *
   * @throws HandlerInvalidException if they can't be used
   */
  static HandlerMetrics open(Start.Metrics settings, FrameChannel worker)
      throws HandlerInvalidException {
    String statsd = settings.statsd();
    if (statsd == null) {
      return new HandlerMetrics(StatsdMetrics.unconfigured(), false);
    }
    try {
      MetricsSettings server =
          MetricsSettings.parse(statsd)
              .withFlavour(Flavour.of(settings.flavour()))
              .withTags(settings.tags());
      return server.server() instanceof StatsdAddress.Unix
          ? new HandlerMetrics(StatsdMetrics.relayed(server, relay(worker)), true)
          : new HandlerMetrics(StatsdMetrics.open(server), false);
    } catch (IllegalArgumentException e) {
      throw new HandlerInvalidException("metrics: " + e.getMessage());
    }
  }

  private static MetricsRelay relay(FrameChannel worker) {
    return (kind, name, value, tags) ->
        worker.write(
            FrameType.METRIC,
            new Metric(Metric.Kind.valueOf(kind.name()), value, name, tags).encode());
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

  /** A batch has ended, and its answer is about to go: the worker has what it pushed before. */
  void beforeTheAnswer() {
    if (relayed) {
      var _ = client.flush();
    }
  }

  /** A batch has ended: what it pushed leaves within 25 ms. Returns at once. */
  void flushSoon() {
    client.flushSoon();
  }

  /** What was dropped or changed so far; logged already, and counted unless the worker does. */
  LostPushes losses() {
    List<LostPushes.Loss> losses = new ArrayList<>();
    client
        .stats()
        .losses()
        .forEach(
            (reason, count) ->
                losses.add(new LostPushes.Loss(reason.text(), Math.clamp(count, 0, MAX), "", "")));
    return new LostPushes(!relayed, losses);
  }

  /** Hands everything that was pushed to the network, within 2 s; later pushes are dropped. */
  void close() {
    client.close();
  }
}
