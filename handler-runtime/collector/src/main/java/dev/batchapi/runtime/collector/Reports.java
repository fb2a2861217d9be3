package dev.batchapi.runtime.collector;

import dev.batchapi.contract.Pace;
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

  private static final Duration LOGGED_EVERY = Duration.ofSeconds(10);

  private final Consumer<byte[]> queue;
  private final int allBatches;
  private final Pace said;
  private final Pace logged;

  /**
   * @param queue takes what is said
   */
  Reports(Consumer<byte[]> queue, int allBatches, LongSupplier nanoTime) {
    this.queue = queue;
    this.allBatches = allBatches;
    said = new Pace(Pace.OF_PROGRESS, nanoTime);
    logged = new Pace(LOGGED_EVERY, nanoTime);
  }

  /** So many batches are done, without an outcome or with it. */
  void reached(int batches, LineFiles results, LineFiles errors) {
    if (said.isDue()) {
      var files = results.ended() + errors.ended();
      queue.accept(new CollectProgress(batches, files, results.bytes() + errors.bytes()).toJson());
    }
    if (logged.isDue()) {
      LOG.info("{} of {} batches", batches, allBatches);
    }
  }
}
