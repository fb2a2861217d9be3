package dev.batchapi.operator.metrics;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * What Prometheus reads of the operator. Jobs are counted by namespace and API, and only the first
 * {@value #PAIRS} of those get labels of their own: a cluster with more would cost the operator and
 * Prometheus too much memory.
 *
 * <p>Counters grow by what has changed since a job was last observed. Thread-safe.
 */
public final class OperatorMetrics {
  /** Namespace and API with series of their own; all others together are {@code other}. */
  static final int PAIRS = 500;

  private static final int FORGOTTEN = 1000;
  private static final ApiSeries.Pair OTHER = new ApiSeries.Pair("other", "other");

  private static final class Known {
    private Progress progress;
    private boolean finished;

    Known(Progress progress) {
      this.progress = progress;
    }
  }

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ReconcileObserver reconciles = new ReconcileObserver(registry, this::gone);
  private final List<Runnable> deletionListeners = new CopyOnWriteArrayList<>();
  // All guarded by this.
  private final Map<String, Known> jobs = new HashMap<>();
  private final Map<ApiSeries.Pair, ApiSeries> series = new HashMap<>();

  /** The latest that were forgotten: a reconcile that was on its way does not count them anew. */
  private final Set<String> forgotten = new LinkedHashSet<>();

  /** Starts with nothing counted. */
  public OperatorMetrics() {
    var version =
        Optional.ofNullable(OperatorMetrics.class.getPackage().getImplementationVersion())
            .orElse("unknown");
    // Not a gauge: the client cuts "_info" off a gauge's name.
    Info.builder()
        .name("batchapi_build_info")
        .help("The operator's version")
        .labelNames("version")
        .register(registry.getPrometheusRegistry())
        .addLabelValues(version);
  }

  /**
   * Says how far a job was when it was last seen by whoever was the operator then, so that nothing
   * is counted twice. Means nothing for a job that this process knows.
   */
  public synchronized void baseline(Progress before) {
    if (!jobs.containsKey(before.uid()) && !forgotten.contains(before.uid())) {
      jobs.put(before.uid(), new Known(before));
      series(before).enter(before);
    }
  }

  /** Counts what has happened to a job since it was last observed. */
  public synchronized void observed(Progress now) {
    baseline(Progress.none(now));
    var job = jobs.get(now.uid());
    if (job != null) {
      series(now).moved(job.progress, now);
      job.progress = now;
    }
  }

  /**
   * Counts the end of a job, once.
   *
   * @param verdict of its end record, such as {@code Complete}
   * @param duration since it was accepted
   */
  public synchronized void finished(Progress now, String verdict, Duration duration) {
    observed(now);
    var job = jobs.get(now.uid());
    if (job != null && !job.finished) {
      job.finished = true;
      series(now).finished(verdict, duration);
    }
  }

  /** A job is gone; what it counted stays counted. */
  public synchronized void forget(String uid) {
    var job = jobs.remove(uid);
    if (job != null) {
      series(job.progress).leave(job.progress);
      forgotten.add(uid);
      if (forgotten.size() > FORGOTTEN) {
        forgotten.remove(forgotten.iterator().next());
      }
    }
  }

  private void gone(String uid) {
    forget(uid);
    deletionListeners.forEach(Runnable::run);
  }

  /** Calls the listener, which must be quick, when a BatchJob or a BatchAPI was deleted. */
  public void onDeletion(Runnable listener) {
    deletionListeners.add(listener);
  }

  private ApiSeries series(Progress of) {
    var pair = new ApiSeries.Pair(of.namespace(), of.api());
    var own = series.get(pair);
    if (own != null) {
      return own;
    }
    return series.size() < PAIRS
        ? series.computeIfAbsent(pair, _ -> new ApiSeries(registry, pair))
        : series.computeIfAbsent(OTHER, _ -> new ApiSeries(registry, OTHER));
  }

  /** What the Java Operator SDK tells of its reconciles. */
  public Metrics reconciles() {
    return reconciles;
  }

  /** Shows whether the queue can be reached. */
  public void queueConnected(BooleanSupplier connected) {
    Gauge.builder("batchapi_queue_connected", () -> connected.getAsBoolean() ? 1 : 0)
        .description("Whether the queue can be reached")
        .strongReference(true)
        .register(registry);
  }

  /** Shows whether this replica is the one that works. */
  public void leading(BooleanSupplier leading) {
    Gauge.builder("batchapi_leader", () -> leading.getAsBoolean() ? 1 : 0)
        .description("Whether this replica is the one that works")
        .strongReference(true)
        .register(registry);
  }

  /** Shows the process itself; not in the constructor, for the JVM's beans take a while to load. */
  @SuppressWarnings("resource") // lives as long as the process
  public void bindProcess() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmGcMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Everything, in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }
}
