package dev.batchapi.metrics;

import com.timgroup.statsd.NonBlockingStatsDClientBuilder;
import com.timgroup.statsd.StatsDClient;
import com.timgroup.statsd.TagsCardinality;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends with java-dogstatsd-client, in the settings under which it loses nothing: what the
 * transport of our own is compared with. It has no flush: only a client that closes hands
 * everything over, so a flush closes it and opens the next one.
 */
final class DogstatsdTransport implements Transport {
  private final MetricsSettings settings;
  private final LongAdder sent = new LongAdder();
  private StatsDClient client;

  DogstatsdTransport(MetricsSettings settings) {
    this.settings = settings;
    this.client = open(settings);
  }

  static StatsDClient open(MetricsSettings settings) {
    return new NonBlockingStatsDClientBuilder()
        .hostname(settings.host())
        .port(settings.port())
        .blocking(true) // the only mode whose close sends what it holds
        .enableAggregation(false) // keeps the order of gauges
        .enableTelemetry(false) // its own series would appear beside the handler's
        .originDetectionEnabled(false) // statsd_exporter drops lines with a container id
        .tagsCardinality(TagsCardinality.DEFAULT)
        .processorWorkers(1) // more lose metrics and their order
        .senderWorkers(1)
        .queueSize(8_192)
        .bufferPoolSize(32)
        .maxPacketSizeBytes(1_432)
        .build();
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public boolean holdsLines() {
    return false;
  }

  @Override
  public long sent() {
    return sent.sum();
  }

  @Override
  public void send(Series series, double value) {
    // The library renders tags in reverse.
    String[] tags = series.tags().reversed().toArray(String[]::new);
    switch (series.kind()) {
      case COUNTER -> client.count(series.name(), value, tags);
      case GAUGE -> client.gauge(series.name(), value, tags);
      case HISTOGRAM -> client.histogram(series.name(), value, tags);
      case DISTRIBUTION -> client.distribution(series.name(), value, tags);
    }
    sent.increment();
  }

  @Override
  public void sendFromZero(Series series, double value) {
    send(series, 0);
    send(series, value);
  }

  @Override
  public boolean flush() {
    StatsDClient full = client;
    client = open(settings);
    full.close();
    return true;
  }

  @Override
  public void maintain() {}

  @Override
  public boolean findNow() {
    return true;
  }

  @Override
  public void close() {
    client.close();
  }
}
