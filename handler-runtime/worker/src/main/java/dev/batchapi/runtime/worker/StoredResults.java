package dev.batchapi.runtime.worker;

import dev.batchapi.data.collect.BatchResults;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.StoredResult;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Large results as objects beside where the job's results will be; the ledger has the reference.
 * Loaded only by workers of jobs with an output, and its store only by the first large result.
 */
final class StoredResults implements LargeResults {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  private final String output;
  private final Stores stores;

  /**
   * @param output URL of the folder of the job's results
   */
  StoredResults(String output, Stores stores) {
    this.output = output;
    this.stores = stores;
  }

  @Override
  public int maxBytes() {
    return StoredResult.MAX_BYTES;
  }

  @Override
  public Outcome outcome(
      int index, int attempt, ResultJson result, List<ItemOutcomes.ItemError> errors) {
    var name = StoredResult.newName(index);
    var digest = results().write(name, result);
    var stored = new StoredResult(name, result.bytes(), digest);
    return errors.isEmpty()
        ? Outcome.succeeded(attempt, stored)
        : Outcome.partial(
            attempt, new ItemOutcomes(List.of(), errors).within(Outcome.MAX_BYTES), stored);
  }

  @Override
  public void forget(Outcome outcome) {
    var stored = outcome.stored();
    if (stored != null) {
      try {
        results().delete(stored.name());
      } catch (StoreUnavailableException | StoreRefusedException e) {
        LOG.debug("the collector will remove it", e);
      }
    }
  }

  private BatchResults results() {
    return new BatchResults(output, stores);
  }
}
