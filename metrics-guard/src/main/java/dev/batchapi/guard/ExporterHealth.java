package dev.batchapi.guard;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether the exporter shows its metrics. Its own health page says yes even while {@code /metrics}
 * fails for everybody. Asked by any number, it asks the exporter at most every five seconds, one
 * question at a time.
 */
final class ExporterHealth {
  private static final long KEPT_NANOS = 5_000_000_000L;
  private static final int CONNECT_MILLIS = 2_000;

  /** The largest exposition that the limits allow takes two seconds. */
  private static final int ANSWER_MILLIS = 10_000;

  private final URI metrics;
  private final ReentrantLock asking = new ReentrantLock();
  private @Nullable String trouble = "it was not asked yet";
  private long askedAt;
  private boolean asked;

  ExporterHealth(URI metrics) {
    this.metrics = metrics;
  }

  /** What is wrong with it, or null if nothing is. Takes twelve seconds at most. */
  @Nullable String trouble() {
    asking.lock();
    try {
      if (!asked || System.nanoTime() - askedAt > KEPT_NANOS) {
        trouble = ask();
        askedAt = System.nanoTime();
        asked = true;
      }
      return trouble;
    } finally {
      asking.unlock();
    }
  }

  private @Nullable String ask() {
    HttpURLConnection connection = null;
    try {
      connection = (HttpURLConnection) metrics.toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      int code = connection.getResponseCode();
      return code == HttpURLConnection.HTTP_OK ? null : metrics + " answers " + code;
    } catch (IOException e) {
      return metrics + " does not answer: " + e.getMessage();
    } finally {
      if (connection != null) {
        // Not read to its end: whether it answers is known from the first line.
        connection.disconnect();
      }
    }
  }
}
