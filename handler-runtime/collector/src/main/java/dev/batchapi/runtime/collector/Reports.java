package dev.batchapi.runtime.collector;

import dev.batchapi.data.collect.CollectProgress;
import dev.batchapi.data.results.LineFiles;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says from time to time how far the collector is. */
final class Reports {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.collector");

  /** More often than that the owner does not look. */
  static final Duration EVERY = Duration.ofSeconds(1);

  private static final Duration LOGGED_EVERY = Duration.ofSeconds(10);

  private final Consumer<byte[]> queue;
  private final LongSupplier nanoTime;
  private final int allBatches;
  private long said;
  private long logged;

  /**
   * @param queue takes what is said
   */
  Reports(Consumer<byte[]> queue, int allBatches, LongSupplier nanoTime) {
    this.queue = queue;
    this.allBatches = allBatches;
    this.nanoTime = nanoTime;
    said = nanoTime.getAsLong();
    logged = said;
  }

  /** So many batches are done, without an outcome or with it. */
  void reached(int batches, LineFiles results, LineFiles errors) {
    var now = nanoTime.getAsLong();
    if (now - said >= EVERY.toNanos()) {
      said = now;
      var files = results.ended() + errors.ended();
      queue.accept(new CollectProgress(batches, files, results.bytes() + errors.bytes()).toJson());
    }
    if (now - logged >= LOGGED_EVERY.toNanos()) {
      logged = now;
      LOG.info("{} of {} batches", batches, allBatches);
    }
  }
}
