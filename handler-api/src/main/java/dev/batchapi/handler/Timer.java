package dev.batchapi.handler;

import java.util.HashMap;
import java.util.Map;

/**
 * Measures a piece of work and adds it to a histogram, in seconds, when it is closed.
 *
 * <pre>{@code
 * try (Timer timer = metrics.timer("decode_seconds")) {
 *   decode(photo);
 *   timer.tag("outcome", "ok");
 * }
 * }</pre>
 *
 * <p>For one thread.
 */
public final class Timer implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;

  private final MetricsClient metrics;
  private final String metric;
  private final Map<String, String> tags;
  private final long start = System.nanoTime();
  private boolean closed;

  Timer(MetricsClient metrics, String metric, Map<String, String> tags) {
    this.metrics = metrics;
    this.metric = metric;
    this.tags = tags == null ? new HashMap<>() : new HashMap<>(tags); // handlers pass null too
  }

  /** Adds a tag that is known only now; the last one of a name counts. */
  public Timer tag(String key, String value) {
    tags.put(key, value);
    return this;
  }

  /** Pushes the time since it was made; does nothing the second time. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      metrics.histogram(metric, (System.nanoTime() - start) / NANOS_PER_SECOND, tags);
    }
  }
}
