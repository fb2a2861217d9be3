package dev.batchapi.cli.run;

import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Lease;
import dev.batchapi.runtime.worker.Fetched;
import dev.batchapi.runtime.worker.Payloads;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The batches of an input. What can't be read of one, or a file that has changed, fails those items
 * or that batch, and neither the worker that wanted to read it nor the job. Thread-safe.
 */
final class InputBatches implements Batches, Payloads {
  private static final byte[] NOTHING = new byte[0];

  private final Input input;

  /** Of batches that were read and not yet handed on, what is more than their payload. */
  private final Map<Integer, Fetched> unlikeOthers = new ConcurrentHashMap<>();

  InputBatches(Input input) {
    this.input = input;
  }

  @Override
  public int count() {
    return input.count();
  }

  /** Called for each lease, right before {@link #of}. */
  @Override
  public byte[] payload(int index) {
    try {
      var items = input.read(index);
      if (!items.unreadable().isEmpty()) {
        unlikeOthers.put(index, Fetched.of(items));
      }
      return items.json();
    } catch (InputException e) {
      unlikeOthers.put(index, new Fetched.Invalid(String.valueOf(e.getMessage())));
    } catch (FileChangedException e) {
      unlikeOthers.put(index, new Fetched.Changed(String.valueOf(e.getMessage())));
    }
    return NOTHING;
  }

  @Override
  public Fetched of(Lease lease) {
    var unlike = unlikeOthers.remove(lease.index());
    return unlike == null ? CARRIED.of(lease) : unlike;
  }

  /** Leasing reads it; what is read ahead, the input itself does for all workers. */
  @Override
  public boolean comeWithTheLease() {
    return true;
  }

  int itemsIn(int index) {
    return input.itemsIn(index);
  }
}
