package dev.batchapi.metrics;

import dev.batchapi.handler.MetricsClient;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The metrics client that handlers get. Safe for any number of threads, and for anything that a
 * handler may pass: a push throws only for a name reserved by the platform ({@link
 * IllegalArgumentException}); whatever else is wrong with it is made safe or dropped, counted in
 * {@link #stats} and logged at most once a minute for each reason.
 *
 * <p>Counters are summed here and sent every second, at {@link #flush} and at {@link #close};
 * gauges and histograms are sent as they come. Everything accepted is handed to the network when
 * the JVM ends in order, by a shutdown hook, also without a close.
 *
 * <p>A push waits for no longer than {@value #PUSH_BOUND_MILLIS} ms, {@link #flush} no longer than
 * {@value #FLUSH_BOUND_MILLIS} ms, {@link #close} no longer than {@value #CLOSE_BOUND_MILLIS} ms.
 */
public final class StatsdMetrics implements MetricsClient, AutoCloseable {
  static final long PUSH_BOUND_MILLIS = 1_000;
  static final long FLUSH_BOUND_MILLIS = 1_000;
  static final long CLOSE_BOUND_MILLIS = 2_000;
  private static final long COUNTERS_EVERY_NANOS = 1_000_000_000;
  private static final double LARGEST_VALUE = 1e300;

  private final Losses losses = new Losses();
  private final LongAdder sent = new LongAdder();
  private final SeriesTable table;
  private final boolean signedGauges;
  private final boolean negativeCounts;
  private final boolean zeroCounters;

  /** Without a server there is none. */
  private final @Nullable Transport transport;

  private final @Nullable Thread flusher;
  private final @Nullable Thread hook;

  /** Guards the transport. */
  private final ReentrantLock sending = new ReentrantLock();

  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile boolean closed;

  private StatsdMetrics(MetricsSettings settings, @Nullable Transport transport) {
    this.table = new SeriesTable(settings, losses);
    this.signedGauges = settings.flavour() == Flavour.PROMETHEUS;
    this.negativeCounts = settings.flavour() == Flavour.DATADOG;
    this.zeroCounters = settings.zeroCounters();
    this.transport = transport;
    if (transport == null) {
      flusher = null;
      hook = null;
    } else {
      flusher =
          Thread.ofPlatform()
              .daemon()
              .name("batchapi-metrics")
              .start(() -> keepFlushing(transport));
      hook = Thread.ofPlatform().name("batchapi-metrics-end").unstarted(this::close);
      addHook(hook);
    }
  }

  /** A client of this server. An unknown host is no error: it is looked for again every second. */
  public static StatsdMetrics open(MetricsSettings settings) {
    return new StatsdMetrics(settings, new DogstatsdTransport(settings));
  }

  /** For tests, and for comparing transports. */
  static StatsdMetrics open(MetricsSettings settings, Transport transport) {
    return new StatsdMetrics(settings, transport);
  }

  /** A client that sends nothing, has no thread, and counts every push as {@code UNCONFIGURED}. */
  public static StatsdMetrics unconfigured() {
    return new StatsdMetrics(MetricsSettings.of("localhost", 1), null);
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

  /**
   * Hands everything that was pushed so far to the network.
   *
   * @return false if that was not possible within {@value #FLUSH_BOUND_MILLIS} ms, or no server is
   *     known: counters are then kept, and sent when they can be
   */
  public boolean flush() {
    Transport way = transport;
    return way != null && !closed && Interrupts.deferred(() -> handOver(way, FLUSH_BOUND_MILLIS));
  }

  /** What was sent and lost so far. */
  public MetricsStats stats() {
    return new MetricsStats(sent.sum(), losses.snapshot());
  }

  /**
   * Flushes and ends, within {@value #CLOSE_BOUND_MILLIS} ms. Pushes from now on are dropped and
   * counted. Does nothing the second time.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    closed = true;
    Transport way = transport;
    if (way == null) {
      return;
    }
    removeHook();
    LockSupport.unpark(flusher);
    var _ =
        Interrupts.deferred(
            () -> {
              if (!Interrupts.lock(sending, CLOSE_BOUND_MILLIS / 2)) {
                return false;
              }
              try {
                sendCounters(way);
                giveUpCounters();
                way.close(CLOSE_BOUND_MILLIS / 2);
                return true;
              } finally {
                sending.unlock();
              }
            });
  }

  private void push(Kind kind, @Nullable String metric, double value, @Nullable Map<?, ?> tags) {
    try {
      if (closed || transport == null) {
        refuse(metric);
        return;
      }
      Series series = table.find(kind, metric, tags);
      if (series != null && acceptable(series, value)) {
        accept(series, value + 0.0, transport); // makes 0 of -0, which would be a delta
      }
    } catch (MetricName.ReservedNameException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      // Such as a map of tags that throws, or that another thread changes.
      losses.count(Loss.INTERNAL, metric, "it could not be read: " + e);
    }
  }

  private void accept(Series series, double value, Transport way) {
    if (series.kind() == Kind.COUNTER) {
      series.add(value);
      if (closed && series.take() != 0) {
        // Too late for the last flush.
        losses.count(Loss.CLOSED, series.name(), "the client is closed");
      }
      return;
    }
    boolean delta = signedGauges && series.kind() == Kind.GAUGE && value < 0;
    if (!Interrupts.deferred(() -> sendNow(way, series, value, delta))) {
      losses.count(Loss.NETWORK, series.name(), "the server is not known or not reachable");
    }
  }

  private boolean sendNow(Transport way, Series series, double value, boolean delta) {
    if (!Interrupts.lock(sending, PUSH_BOUND_MILLIS)) {
      return false;
    }
    try {
      // The exporter adds a signed value to what it has, so it must have 0.
      return (!delta || send(way, series, 0)) && send(way, series, value);
    } finally {
      sending.unlock();
    }
  }

  private boolean send(Transport way, Series series, double value) {
    boolean taken = way.send(series, value);
    if (taken) {
      sent.increment();
    }
    return taken;
  }

  private boolean acceptable(Series series, double value) {
    if (!(Math.abs(value) <= LARGEST_VALUE)) {
      losses.count(Loss.VALUE, series.name(), value + " is not a number between -1e300 and 1e300");
      return false;
    }
    if (value < 0 && series.kind() == Kind.COUNTER && !negativeCounts) {
      losses.count(Loss.VALUE, series.name(), value + " was added, but a counter only grows");
      return false;
    }
    return true;
  }

  private void refuse(@Nullable String metric) {
    if (metric != null && !metric.isEmpty()) {
      MetricName.requireNotReserved(MetricName.clean(metric));
    }
    if (transport == null) {
      losses.count(
          Loss.UNCONFIGURED, metric, "no server is configured, see " + MetricsSettings.STATSD);
    } else {
      losses.count(Loss.CLOSED, metric, "the client is closed");
    }
  }

  private void keepFlushing(Transport way) {
    while (!closed) {
      LockSupport.parkNanos(COUNTERS_EVERY_NANOS);
      if (closed) {
        return;
      }
      if (!way.ready()) {
        way.maintain();
      }
      if (Interrupts.lock(sending, FLUSH_BOUND_MILLIS)) {
        try {
          sendCounters(way);
        } finally {
          sending.unlock();
        }
      }
    }
  }

  private boolean handOver(Transport way, long boundMillis) {
    if (!Interrupts.lock(sending, boundMillis / 2)) {
      return false;
    }
    try {
      sendCounters(way);
      return way.flush(boundMillis / 2);
    } finally {
      sending.unlock();
    }
  }

  private void sendCounters(Transport way) {
    for (Series series : table.counters()) {
      if (!way.ready()) {
        return;
      }
      if (series.pending()) {
        double value = series.take();
        if (!Double.isFinite(value)) {
          losses.count(Loss.VALUE, series.name(), "its sum is beyond what a number can hold");
        } else if (!startAtZero(way, series) || !send(way, series, value)) {
          losses.count(Loss.LENGTH, series.name(), "its line is longer than a datagram may be");
        }
      }
    }
  }

  private boolean startAtZero(Transport way, Series series) {
    return !zeroCounters || !series.firstTime() || send(way, series, 0);
  }

  private void giveUpCounters() {
    for (Series series : table.counters()) {
      if (series.pending()) {
        double lost = series.take();
        losses.count(
            Loss.NETWORK, series.name(), "the server was not known at close; " + lost + " lost");
      }
    }
  }

  private void addHook(Thread end) {
    try {
      Runtime.getRuntime().addShutdownHook(end);
    } catch (IllegalStateException e) {
      // The JVM is ending already: whoever opened this client must close it.
    }
  }

  private void removeHook() {
    if (hook != null && Thread.currentThread() != hook) {
      try {
        var _ = Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is ending: the hook runs, and finds nothing to do.
      }
    }
  }
}
