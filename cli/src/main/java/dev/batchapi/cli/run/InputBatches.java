package dev.batchapi.cli.run;

import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Batches;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The batches of an input. One that can't be read, or whose file has changed, has no payload but an
 * error: that fails this batch, and neither the worker that wanted to read it nor the job.
 * Thread-safe.
 */
final class InputBatches implements Batches {
  private static final byte[] NOTHING = new byte[0];

  private final Input input;
  private final Map<Integer, BatchError> errors = new ConcurrentHashMap<>();

  InputBatches(Input input) {
    this.input = input;
  }

  @Override
  public int count() {
    return input.count();
  }

  @Override
  public byte[] payload(int index) {
    try {
      return input.payload(index);
    } catch (InputException e) {
      return unread(index, Reason.InputInvalid, e);
    } catch (FileChangedException e) {
      return unread(index, Reason.InputChanged, e);
    }
  }

  private byte[] unread(int index, Reason reason, RuntimeException why) {
    errors.put(index, BatchError.of(reason, String.valueOf(why.getMessage())));
    return NOTHING;
  }

  /** Why a batch that was asked for has no payload; empty if it has one. */
  Optional<BatchError> error(int index) {
    return Optional.ofNullable(errors.get(index));
  }

  int itemsIn(int index) {
    return input.itemsIn(index);
  }
}
