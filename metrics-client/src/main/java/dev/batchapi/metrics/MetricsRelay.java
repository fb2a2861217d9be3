package dev.batchapi.metrics;

import java.io.IOException;
import java.util.Map;

/** The way of metrics to another process, which sends them on. */
@FunctionalInterface
public interface MetricsRelay {
  /**
   * Hands one on. Called by one thread only, of the client's own.
   *
   * @throws IOException if the other process can't be reached
   */
  void push(Kind kind, String name, double value, Map<String, String> tags) throws IOException;
}
