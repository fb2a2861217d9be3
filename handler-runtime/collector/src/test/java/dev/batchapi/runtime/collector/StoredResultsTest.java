package dev.batchapi.runtime.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.BatchResults;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.RecordedJob;
import dev.batchapi.queue.StoredResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that lie in objects of their own, and what is said to lie there. */
class StoredResultsTest {
  private static final Manifest.Job JOB = new Manifest.Job("team", "monday", "uid", "digits");
  private static final String TWO = "[{\"a\": 1},\n 2]";
  private static final ItemOutcomes ONE_FAILED =
      new ItemOutcomes(
          List.of("{\"a\": 1}", "null"),
          List.of(
              new ItemOutcomes.ItemError(
                  1, 3, BatchError.of(BatchError.Reason.HandlerFailed, "no"))));

  @TempDir private Path folder;

  private final SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
  private boolean stops;
  private Runnable meanwhile = () -> {};

  private StoredResult store(String output, int index, String json) {
    try (var stores = Stores.of(Map.of(), folder)) {
      var name = StoredResult.newName(index);
      var sha256 =
          new BatchResults(output, stores).write(name, out -> out.write(json.getBytes(UTF_8)));
      return new StoredResult(name, json.getBytes(UTF_8).length, sha256);
    }
  }

  private CollectEnd collect(String output, boolean withItems) {
    var recorded =
        new RecordedJob() {
          @Override
          public void read(int batches, Ledger.OutcomeReader taker) {
            meanwhile.run();
            outcomes.forEach(taker::read);
            if (stops) {
              throw new IllegalStateException("stopped");
            }
          }

          @Override
          public byte @Nullable [] split(int splitter, String name) {
            return null;
          }

          @Override
          public void progress(byte[] body) {}

          @Override
          public void end(byte[] record) {}
        };
    var include =
        withItems ? List.of(CollectArguments.Include.ITEM) : List.<CollectArguments.Include>of();
    var arguments =
        new CollectArguments(
            output, include, List.of(), JOB, "Complete", "", 20, 10, 2, null, null, null);
    try (var stores = Stores.of(Map.of(), folder)) {
      return new Collecting(arguments, folder.resolve("none"), stores, recorded).run();
    }
  }

  private String file(String name) throws Exception {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void theLinesAreThoseOfResultsInTheLedger() throws Exception {
    for (var withItems : List.of(true, false)) {
      var one = "ledger-" + withItems + "/";
      var other = "stored-" + withItems + "/";
      outcomes.put(0, Outcome.succeeded(1, TWO.getBytes(UTF_8)));
      outcomes.put(1, Outcome.partial(3, ONE_FAILED));
      outcomes.put(2, Outcome.succeeded(1, "\"no list\"".getBytes(UTF_8)));
      var inLedger = collect(one, withItems);
      outcomes.put(0, Outcome.succeeded(1, store(other, 0, TWO)));
      var errors = new ItemOutcomes(List.of(), ONE_FAILED.errors());
      var results = store(other, 1, "[{\"a\": 1},null]");
      outcomes.put(1, Outcome.partial(3, errors, results));
      outcomes.put(2, Outcome.succeeded(1, store(other, 2, "\"no list\"")));
      var stored = collect(other, withItems);
      assertThat(stored.manifest()).isEqualTo(inLedger.manifest());
      assertThat(file(other + "errors.jsonl")).isEqualTo(file(one + "errors.jsonl"));
    }
  }

  @Test
  void stoppedAtItsEndItFindsTheObjectsAgainAndThenTheyGo() throws Exception {
    outcomes.put(0, Outcome.succeeded(1, store("o/", 0, TWO)));
    store("o/", 0, "[\"of an attempt that did not count\"]");
    stops = true;
    assertThatThrownBy(() -> collect("o/", false)).hasMessage("stopped");
    stops = false;

    var end = collect("o/", false);

    assertThat(end.error()).isNull();
    assertThat(file("o/results-00000.jsonl")).hasLineCount(2);
    assertThat(folder.resolve("o/.batches")).doesNotExist();
    assertThat(collect("o/", false)).isEqualTo(end);
  }

  /** Of one on a node that does not answer nobody knows whether it goes on. */
  @Test
  void oneWhoseWorkAnotherHasDoneInTheMeantimeSaysTheSame() throws Exception {
    outcomes.put(0, Outcome.succeeded(1, store("o/", 0, TWO)));
    outcomes.put(1, Outcome.succeeded(1, TWO.getBytes(UTF_8)));
    var others = new AtomicReference<CollectEnd>();
    meanwhile =
        () -> {
          meanwhile = () -> {};
          others.set(collect("o/", false));
        };

    var end = collect("o/", false);

    assertThat(end.error()).isNull();
    assertThat(end).isEqualTo(others.get());
    assertThat(file("o/results-00000.jsonl")).hasLineCount(4);
    assertThat(file("o/errors.jsonl")).isEmpty();
    assertThat(folder.resolve("o/.batches")).doesNotExist();
  }

  @Test
  void aReferenceThatIsForgedCostsItsOwnBatchAlone() throws Exception {
    var good = store("o/", 0, TWO);
    var others = store("o/", 3, TWO);
    var noJson = store("o/", 4, "[1,");
    var twoValues = store("o/", 5, "1 2");
    var noList = store("o/", 6, "{}");
    Files.createDirectories(folder.resolve("secret"));
    Files.writeString(folder.resolve("secret/7-" + "0".repeat(32) + ".json"), TWO);
    outcomes.put(0, Outcome.succeeded(1, good));
    outcomes.put(1, Outcome.succeeded(1, others)); // another batch's
    outcomes.put(
        2,
        Outcome.succeeded(
            1, new StoredResult(StoredResult.newName(2), good.bytes(), good.sha256())));
    outcomes.put(
        3,
        Outcome.succeeded(
            1, new StoredResult(others.name(), others.bytes(), Sha256.hex("another"))));
    outcomes.put(4, Outcome.succeeded(1, noJson));
    outcomes.put(5, Outcome.succeeded(1, twoValues));
    outcomes.put(6, Outcome.partial(3, new ItemOutcomes(List.of(), ONE_FAILED.errors()), noList));
    outcomes.put(7, new Outcome(Outcome.Kind.PARTIAL, 1, 1, "garbage".getBytes(UTF_8), good(7)));
    outcomes.put(
        8, Outcome.succeeded(1, new StoredResult(store("o/", 8, TWO).name(), 1L, good.sha256())));
    outcomes.put(9, Outcome.succeeded(1, good(9)));

    var end = collect("o/", false);

    assertThat(end.error()).isNull();
    assertThat(file("o/results-00000.jsonl").lines())
        .hasSize(4)
        .allMatch(line -> line.contains("\"batch\":0,") || line.contains("\"batch\":9,"));
    var errors = file("o/errors.jsonl").lines().toList();
    assertThat(errors).hasSize(8).allMatch(line -> line.contains("ResultInvalid"));
    assertThat(errors.getFirst()).contains("is gone or is not what its worker has written");
  }

  @Test
  void errorsOfItemsThatTheBatchDoesNotHaveAreNotCounted() throws Exception {
    var no = BatchError.of(BatchError.Reason.HandlerFailed, "no");
    for (var forged : List.of(List.of(0, 1, 2), List.of(1, 1, 1))) {
      var to = "o" + forged.getFirst() + "/";
      var errors = forged.stream().map(item -> new ItemOutcomes.ItemError(item, 1, no)).toList();
      outcomes.put(0, Outcome.partial(1, new ItemOutcomes(List.of(), errors), store(to, 0, TWO)));

      assertThat(collect(to, false).error()).isNull();

      var manifest = Manifest.read(file(to + "manifest.json").getBytes(UTF_8));
      assertThat(manifest.items()).isEqualTo(new Manifest.Items(20, 0, 2, 18));
      assertThat(file(to + "errors.jsonl")).contains("ResultInvalid");
    }
  }

  private StoredResult good(int index) {
    return store("o/", index, TWO);
  }
}
