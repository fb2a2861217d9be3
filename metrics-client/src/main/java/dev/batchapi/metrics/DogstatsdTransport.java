package dev.batchapi.metrics;

import com.timgroup.statsd.NonBlockingStatsDClientBuilder;
import com.timgroup.statsd.StatsDClient;
import com.timgroup.statsd.StatsDClientException;
import com.timgroup.statsd.TagsCardinality;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends with java-dogstatsd-client, in the settings under which it loses nothing. It has no flush:
 * only a client that closes hands everything over, so a flush closes it and opens the next one.
 */
final class DogstatsdTransport implements Transport {
  private static final int QUEUE_MESSAGES = 8_192;
  private static final int BUFFERS = 32;
  private static final int MAX_PACKET_BYTES = 1_432;
  private static final int MAX_LINE_BYTES = 1_400;

  /** Room for the value of a line; the library writes at most 6 decimals. */
  private static final int VALUE_BYTES = 24;

  private final MetricsSettings settings;
  private final AtomicLong errors = new AtomicLong();
  private volatile @Nullable StatsDClient client;

  DogstatsdTransport(MetricsSettings settings) {
    this.settings = settings;
    maintain();
  }

  @Override
  public boolean ready() {
    return client != null;
  }

  @Override
  public boolean send(Series series, double value) {
    StatsDClient current = client;
    if (current == null || series.identity().length() + VALUE_BYTES > MAX_LINE_BYTES) {
      return false;
    }
    // The library renders tags in reverse.
    String[] tags = series.tags().reversed().toArray(String[]::new);
    switch (series.kind()) {
      case COUNTER -> current.count(series.name(), value, tags);
      case GAUGE -> current.gauge(series.name(), value, tags);
      case HISTOGRAM -> current.histogram(series.name(), value, tags);
    }
    return true;
  }

  @Override
  public boolean flush(long boundMillis) {
    StatsDClient full = client;
    if (full == null) {
      return false;
    }
    client = null;
    maintain();
    return closeWithin(full, boundMillis);
  }

  @Override
  public void maintain() {
    if (client == null) {
      try {
        client = build();
      } catch (StatsDClientException e) {
        errors.incrementAndGet();
      }
    }
  }

  @Override
  public void close(long boundMillis) {
    StatsDClient last = client;
    client = null;
    if (last != null) {
      closeWithin(last, boundMillis);
    }
  }

  /** In a thread of its own, since the library's close waits for ever for a worker that died. */
  private static boolean closeWithin(StatsDClient client, long boundMillis) {
    Thread closer =
        Thread.ofPlatform().daemon().name("batchapi-metrics-close").start(client::close);
    try {
      return closer.join(Duration.ofMillis(boundMillis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private StatsDClient build() {
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
        .queueSize(QUEUE_MESSAGES)
        .bufferPoolSize(BUFFERS)
        .maxPacketSizeBytes(MAX_PACKET_BYTES)
        .errorHandler(e -> errors.incrementAndGet()) // one that throws ends the library's threads
        .build();
  }
}
