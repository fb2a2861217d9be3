package dev.batchapi.runtime.worker;

import dev.batchapi.contract.JsonElements;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.StoredResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where results go that are too large for the ledger. */
public interface LargeResults {
  /** Nowhere. */
  static LargeResults none() {
    return new Refused();
  }

  /** To a ledger that takes them as they are, as that of a laptop does. */
  static LargeResults inLedger() {
    return new InLedger();
  }

  /** Bytes of a result at most. */
  int maxBytes();

  /** Whether the ledger takes these beside a result that is put away. */
  default boolean hasRoomFor(List<ItemOutcomes.ItemError> errors) {
    var alone = new ItemOutcomes(List.of(), errors).within(Outcome.MAX_BYTES);
    return alone.toJson().length <= Outcome.MAX_BYTES;
  }

  /**
   * Puts a result away.
   *
   * @param errors of the items that failed, whose results are null, as far as there is room for
   *     them; none: of a whole result
   * @return what the ledger is to hold
   * @throws dev.batchapi.data.store.StoreUnavailableException if it may work later
   * @throws dev.batchapi.data.store.StoreRefusedException if it never will
   */
  Outcome outcome(int index, int attempt, ResultJson result, List<ItemOutcomes.ItemError> errors);

  /** Removes what was put away for an outcome that does not stand, if that is easily done. */
  default void forget(Outcome outcome) {}

  /** Of a job without a place for them. */
  final class Refused implements LargeResults {
    @Override
    public int maxBytes() {
      return Outcome.MAX_BYTES;
    }

    @Override
    public Outcome outcome(
        int index, int attempt, ResultJson result, List<ItemOutcomes.ItemError> errors) {
      throw new IllegalStateException("a result of %d bytes".formatted(result.bytes()));
    }
  }

  /** In a body as any other. */
  final class InLedger implements LargeResults {
    @Override
    public int maxBytes() {
      return StoredResult.MAX_BYTES;
    }

    @Override
    public boolean hasRoomFor(List<ItemOutcomes.ItemError> errors) {
      return true;
    }

    @Override
    public Outcome outcome(
        int index, int attempt, ResultJson result, List<ItemOutcomes.ItemError> errors) {
      var json = result.toBytes();
      if (errors.isEmpty()) {
        return Outcome.succeeded(attempt, json);
      }
      try {
        var results = JsonElements.split(new String(json, StandardCharsets.UTF_8));
        return Outcome.partial(attempt, new ItemOutcomes(results, errors));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
