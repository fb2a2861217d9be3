package dev.batchapi.e2e.author;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.MetricsClient;
import java.util.List;

/** An author's handler, compiled into an image of their own, which is built on the runtime image. */
public final class Counter implements BatchHandler<Integer, List<Integer>> {
  private final MetricsClient metrics;

  public Counter(MetricsClient metrics) {
    this.metrics = metrics;
  }

  @Override
  public List<Integer> handleBatch(List<Integer> payload, BatchContext batch) {
    metrics.increment("author_items", payload.size());
    return payload.stream().map(item -> item * 2).toList();
  }
}
