package dev.batchapi.runtime.worker;

import dev.batchapi.contract.JsonElements;
import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.queue.BatchError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Those items of a batch that can be read, where others can't: only they are handed over, and the
 * others fail alone.
 */
final class ReadableItems {
  private static final ResultJson NOTHING = ResultJson.of("null");

  private final int count;
  private final String problem;
  private final List<Integer> positions;
  private final SortedMap<Integer, BatchError> unreadable = new TreeMap<>();

  /**
   * @param batch some of whose items can be read, and some not
   */
  ReadableItems(ReadBatch batch) {
    this.count = batch.count();
    this.problem = batch.problem();
    this.positions =
        IntStream.range(0, batch.count())
            .filter(position -> !batch.unreadable().containsKey(position))
            .boxed()
            .toList();
    batch
        .unreadable()
        .forEach(
            (position, why) ->
                unreadable.put(position, BatchError.of(BatchError.Reason.InputInvalid, why)));
  }

  /** Their positions in the batch, ascending. */
  List<Integer> positions() {
    return positions;
  }

  /** The answer to the whole batch that the answer to these items is. */
  Answer answer(Answer ofThese) {
    return switch (ofThese) {
      case Answer.Result(var json) when json.length == 0 ->
          answer(Collections.nCopies(positions.size(), NOTHING), null);
      case Answer.Result(var json) -> {
        try {
          yield answer(
              JsonElements.split(new String(json, StandardCharsets.UTF_8)).stream()
                  .map(ResultJson::of)
                  .toList(),
              null);
        } catch (IOException e) {
          yield oneForAll();
        }
      }
      case Answer.Large large -> {
        var results = new ArrayList<ResultJson>();
        try {
          var found = large.json().elements((index, json) -> results.add(ResultJson.of(json)));
          yield found < 0 ? oneForAll() : answer(results, large);
        } catch (IOException e) {
          throw new UncheckedIOException(e); // of the worker's own disk
        }
      }
      case Answer.Items items -> answer(items);
      default -> ofThese;
    };
  }

  private Answer answer(List<ResultJson> results, Answer.@Nullable Large in) {
    return answer(new Answer.Items(results, new TreeMap<>(), in == null ? null : in.json()));
  }

  private Answer answer(Answer.Items items) {
    if (items.results().size() != positions.size()) {
      return invalid(
          "The handler returned %d results for the %d items that it was given."
              .formatted(items.results().size(), positions.size()));
    }
    var results = new ArrayList<>(Collections.nCopies(count, NOTHING));
    for (var at = 0; at < positions.size(); at++) {
      results.set(positions.get(at), items.results().get(at));
    }
    var errors = new TreeMap<>(unreadable);
    items.errors().forEach((at, error) -> errors.put(positions.get(at), error));
    return new Answer.Items(
        results,
        errors,
        placed(items.uncounted()),
        placed(items.asked()),
        items.breakage(),
        items.file());
  }

  private <T> SortedMap<Integer, T> placed(SortedMap<Integer, T> byOrder) {
    var placed = new TreeMap<Integer, T>();
    byOrder.forEach((at, one) -> placed.put(positions.get(at), one));
    return placed;
  }

  /** Nobody would see that it is of fewer items than the batch has. */
  private Answer oneForAll() {
    return new Answer.Failed(missing());
  }

  /** Why a batch that has one result for all of its items has none. */
  BatchError missing() {
    return BatchError.of(
        BatchError.Reason.InputInvalid,
        "A batch with one result for all of its items needs all of them: " + problem);
  }

  private static Answer invalid(String message) {
    return new Answer.Failed(BatchError.of(BatchError.Reason.ResultInvalid, message));
  }
}
