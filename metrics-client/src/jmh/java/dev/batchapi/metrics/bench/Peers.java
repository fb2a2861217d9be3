package dev.batchapi.metrics.bench;

import com.timgroup.statsd.NonBlockingStatsDClientBuilder;
import com.timgroup.statsd.StatsDClient;
import com.timgroup.statsd.TagsCardinality;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.OverDogstatsd;
import dev.batchapi.metrics.StatsdMetrics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.statsd.StatsdMeterRegistry;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Every client that is compared. */
final class Peers {
  static final String OURS = "ours";
  static final String LOSSLESS = "dogstatsd-lossless";
  static final List<String> ALL =
      List.of(OURS, "ours-over-dogstatsd", LOSSLESS, "dogstatsd-readme", "micrometer", "timgroup");

  private Peers() {}

  static Peer open(String name, int port) {
    return switch (name) {
      case OURS -> new Ours(StatsdMetrics.open(MetricsSettings.of("127.0.0.1", port)));
      case "ours-over-dogstatsd" ->
          new Ours(OverDogstatsd.open(MetricsSettings.of("127.0.0.1", port)));
      case LOSSLESS -> new Dogstatsd(lossless(port));
      case "dogstatsd-readme" -> new Dogstatsd(asTheReadmeShows(port));
      case "micrometer" -> new Micrometer(port);
      case "timgroup" -> new Timgroup(port);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static NonBlockingStatsDClientBuilder asTheReadmeShows(int port) {
    return new NonBlockingStatsDClientBuilder().hostname("127.0.0.1").port(port);
  }

  private static NonBlockingStatsDClientBuilder lossless(int port) {
    return asTheReadmeShows(port)
        .blocking(true)
        .enableAggregation(false)
        .enableTelemetry(false)
        .originDetectionEnabled(false)
        .tagsCardinality(TagsCardinality.DEFAULT)
        .processorWorkers(1)
        .senderWorkers(1)
        .queueSize(8_192)
        .bufferPoolSize(32)
        .maxPacketSizeBytes(1_432);
  }

  private record Ours(StatsdMetrics metrics) implements Peer {
    /** As for the other clients, whose tags are made once. */
    private static final Map<String, String> TAGS = Map.of("model", "v1");

    @Override
    public void count() {
      metrics.increment(COUNTER, 1, TAGS);
    }

    @Override
    public void histogram(double value) {
      metrics.histogram(HISTOGRAM, value, TAGS);
    }

    @Override
    public void close() {
      metrics.close();
    }
  }

  private record Dogstatsd(StatsDClient client) implements Peer {
    Dogstatsd(NonBlockingStatsDClientBuilder builder) {
      this(builder.build());
    }

    @Override
    public void count() {
      client.count(COUNTER, 1, "model:v1");
    }

    @Override
    public void histogram(double value) {
      client.histogram(HISTOGRAM, value, "model:v1");
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static final class Micrometer implements Peer {
    private final StatsdMeterRegistry registry;
    private final Counter counter;
    private final DistributionSummary histogram;

    Micrometer(int port) {
      registry =
          new StatsdMeterRegistry(
              key -> key.equals("statsd.port") ? Integer.toString(port) : null, Clock.SYSTEM);
      counter = registry.counter(COUNTER, "model", "v1");
      histogram = registry.summary(HISTOGRAM, "model", "v1");
    }

    @Override
    public void count() {
      counter.increment();
    }

    @Override
    public void histogram(double value) {
      histogram.record(value);
    }

    @Override
    public void close() {
      registry.close();
    }
  }

  /** Has no tags, so that it does a little less than the others. */
  private static final class Timgroup implements Peer {
    private final Object client;
    private final MethodHandle count;
    private final MethodHandle histogram;
    private final MethodHandle stop;

    Timgroup(int port) {
      try {
        URL jar =
            Path.of(System.getProperty("bench.peers", "target/peers"))
                .resolve("java-statsd-client-3.1.0.jar")
                .toUri()
                .toURL();
        ClassLoader apart =
            new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
        Class<?> type = apart.loadClass("com.timgroup.statsd.NonBlockingStatsDClient");
        client =
            type.getConstructor(String.class, String.class, int.class)
                .newInstance("", "127.0.0.1", port);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        count = handle(lookup, type, "count", String.class, long.class);
        histogram = handle(lookup, type, "recordExecutionTime", String.class, long.class);
        stop = handle(lookup, type, "stop");
      } catch (ReflectiveOperationException | MalformedURLException e) {
        throw new IllegalStateException(e);
      }
    }

    private static MethodHandle handle(
        MethodHandles.Lookup lookup, Class<?> type, String name, Class<?>... parameters)
        throws ReflectiveOperationException {
      MethodHandle handle =
          lookup.findVirtual(type, name, MethodType.methodType(void.class, parameters));
      return handle.asType(handle.type().changeParameterType(0, Object.class));
    }

    @Override
    public void count() {
      try {
        count.invokeExact(client, COUNTER, 1L);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void histogram(double value) {
      try {
        histogram.invokeExact(client, HISTOGRAM, Math.round(value * 1_000));
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      try {
        stop.invokeExact(client);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
