package dev.batchapi.metrics;

import dev.batchapi.handler.MetricsClient;
import dev.batchapi.handler.ReservedMetricNameException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics client that handlers get. Safe for any number of threads, and for anything that a
 * handler may pass: a push throws only for a name reserved by the platform ({@link
 * IllegalArgumentException}); whatever else is wrong with it is made safe or dropped, counted in
 * {@link #stats} and logged at most once a minute for each reason.
 *
 * <p>Counters are summed here and sent every second, within 25 ms of {@link #flushSoon}, at {@link
 * #flush} and at {@link #close}; gauges and histograms leave within 25 ms. Everything accepted is
 * handed to the network when the JVM ends in order, by a shutdown hook, also without a close; a
 * kill costs at most the last second of counters.
 *
 * <p>Opening waits for at most 0.5 s (for the host's name), a push for 0.25 s, a flush or a close
 * for 1 s, and all of them as a rule not at all. There is one thread, a daemon; for the flavour
 * datadog four, since java-dogstatsd-client sends, which the first flush also waits for to load.
 */
public final class StatsdMetrics implements MetricsClient, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatsdMetrics.class);

  private final Losses losses;
  private final SeriesTable table;
  private final Flavour flavour;

  /** None without a server. */
  private final @Nullable Outbox outbox;

  private final @Nullable Thread hook;
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile boolean closed;

  private StatsdMetrics(MetricsSettings settings, Losses losses, @Nullable Transport transport) {
    this.losses = losses;
    this.table = new SeriesTable(settings, losses);
    this.flavour = settings.flavour();
    if (transport == null) {
      outbox = null;
      hook = null;
    } else {
      Outbox box = new Outbox(transport, table, losses, settings);
      box.start();
      outbox = box;
      hook = Thread.ofPlatform().name("batchapi-metrics-end").unstarted(box::sendDirectly);
      addHook(hook);
    }
  }

  /** A client of this server. An unknown host is no error: it is looked for again every second. */
  public static StatsdMetrics open(MetricsSettings settings) {
    Losses losses = new Losses();
    return open(settings, losses, transport(settings, losses));
  }

  /**
   * A client whose lines another process sends, which has a client of its own.
   *
   * @param settings the tags, flavour and limit of the other one; where it sends them to is its own
   *     affair
   */
  public static StatsdMetrics relayed(MetricsSettings settings, MetricsRelay relay) {
    Losses losses = new Losses();
    return open(settings, losses, new CarriedTransport(losses, way -> new Relaying(relay, way)));
  }

  private static Transport transport(MetricsSettings settings, Losses losses) {
    if (settings.flavour() == Flavour.DATADOG) {
      return new CarriedTransport(losses, way -> new Dogstatsd(settings.server(), way));
    }
    return switch (settings.server()) {
      case StatsdAddress.Udp udp -> new UdpTransport(udp, losses);
      case StatsdAddress.Unix _ -> throw new IllegalStateException("refused by the settings");
    };
  }

  /** For tests, and for comparing transports. */
  static StatsdMetrics open(MetricsSettings settings, Losses losses, Transport transport) {
    return new StatsdMetrics(settings, losses, transport);
  }

  /** A client that sends nothing, has no thread, and counts every push as {@code UNCONFIGURED}. */
  public static StatsdMetrics unconfigured() {
    return new StatsdMetrics(MetricsSettings.of("localhost", 1), new Losses(), null);
  }

  /**
   * The client that these variables describe, see {@link MetricsSettings#fromEnvironment}; {@link
   * #unconfigured} when they name no server.
   *
   * @throws IllegalArgumentException naming the variable that has a bad value
   */
  public static StatsdMetrics fromEnvironment(Map<String, String> environment) {
    return MetricsSettings.fromEnvironment(environment)
        .map(StatsdMetrics::open)
        .orElseGet(StatsdMetrics::unconfigured);
  }

  @Override
  public void increment(String metric, double value, Map<String, String> tags) {
    push(Kind.COUNTER, metric, value, tags);
  }

  @Override
  public void gauge(String metric, double value, Map<String, String> tags) {
    push(Kind.GAUGE, metric, value, tags);
  }

  @Override
  public void histogram(String metric, double value, Map<String, String> tags) {
    push(Kind.HISTOGRAM, metric, value, tags);
  }

  /** A distribution for the Datadog agent; a histogram otherwise. */
  @Override
  public void distribution(String metric, double value, Map<String, String> tags) {
    push(flavour == Flavour.DATADOG ? Kind.DISTRIBUTION : Kind.HISTOGRAM, metric, value, tags);
  }

  /**
   * Hands everything that was pushed so far to the network.
   *
   * @return false if that was not possible: no server is known or nobody listens there (counters
   *     are then kept, and sent when there is), or the network takes nothing
   */
  @Override
  public boolean flush() {
    Outbox box = outbox;
    return box != null && box.flush();
  }

  /**
   * Has everything that was pushed so far sent within 25 ms, and returns at once. Costs next to
   * nothing, however often it is called: made for the end of each batch.
   */
  public void flushSoon() {
    Outbox box = outbox;
    if (box != null) {
      box.flushSoon();
    }
  }

  /**
   * Counts pushes that were lost before they got here, in a process that has no client of its own.
   *
   * @param metric the last one's name; empty if it has none
   * @param detail why it was lost
   */
  public void lost(Loss reason, long pushes, String metric, String detail) {
    losses.count(reason, pushes, metric.isEmpty() ? null : metric, detail);
  }

  /** What was sent and lost so far. */
  public MetricsStats stats() {
    return new MetricsStats(outbox == null ? 0 : outbox.sent(), losses.snapshot());
  }

  /**
   * Flushes and ends. Pushes from now on are dropped and counted. Logs what was lost, if anything.
   * Does nothing the second time.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    closed = true;
    if (outbox != null) {
      outbox.close();
      removeHook();
    }
    MetricsStats stats = stats();
    if (!stats.losses().isEmpty()) {
      LOG.info(
          "Metrics: {} lines sent; dropped or changed, by reason: {}",
          stats.sent(),
          stats.losses().entrySet().stream()
              .map(loss -> loss.getKey().text() + "=" + loss.getValue())
              .collect(Collectors.joining(", ", "{", "}")));
    }
  }

  private void push(Kind kind, @Nullable String metric, double value, @Nullable Map<?, ?> tags) {
    try {
      Outbox box = outbox;
      if (closed || box == null) {
        refuse(metric);
        return;
      }
      Series series = table.find(kind, metric, tags);
      if (series != null && acceptable(series, value)) {
        accept(box, series, value + 0.0); // Makes 0 of -0, which would be a delta.
      }
    } catch (ReservedMetricNameException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      // Such as a map of tags that throws, or that another thread changes.
      losses.count(Loss.INTERNAL, metric, "it could not be read: " + e);
    }
  }

  private void accept(Outbox box, Series series, double value) {
    if (series.kind() == Kind.COUNTER) {
      box.add(series, value);
    } else {
      // The exporter adds a signed value to what it has, so it must have 0.
      boolean delta = value < 0 && series.kind() == Kind.GAUGE && flavour == Flavour.PROMETHEUS;
      box.push(series, value, delta);
    }
  }

  private boolean acceptable(Series series, double value) {
    if (!(Math.abs(value) <= WireRules.LARGEST_VALUE)) {
      losses.count(Loss.VALUE, series.name(), value + " is not a number between -1e300 and 1e300");
      return false;
    }
    if (value < 0 && series.kind() == Kind.COUNTER && flavour == Flavour.PROMETHEUS) {
      losses.count(Loss.VALUE, series.name(), value + " was added, but a counter only grows");
      return false;
    }
    return true;
  }

  private void refuse(@Nullable String metric) {
    if (metric != null && !metric.isEmpty()) {
      MetricName.requireNotReserved(MetricName.clean(metric));
    }
    if (outbox == null) {
      losses.count(
          Loss.UNCONFIGURED, metric, "no server is configured, see " + MetricsSettings.STATSD);
    } else {
      losses.count(Loss.CLOSED, metric, "the client is closed");
    }
  }

  private static void addHook(Thread end) {
    try {
      Runtime.getRuntime().addShutdownHook(end);
    } catch (IllegalStateException e) {
      // The JVM is ending already: whoever opened this client must close it.
    }
  }

  private void removeHook() {
    try {
      if (hook != null) {
        var _ = Runtime.getRuntime().removeShutdownHook(hook);
      }
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook finds nothing to do.
    }
  }
}
