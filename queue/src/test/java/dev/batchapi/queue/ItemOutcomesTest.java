package dev.batchapi.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.ItemOutcomes.ItemError;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ItemOutcomesTest {
  private static final BatchError ERROR =
      new BatchError(Reason.HandlerFailed, "no such label: \"cat\"", "ValueError", "at\n line 1");

  @Test
  void itIsReadAsItWasWritten() {
    var outcomes =
        new ItemOutcomes(
            List.of("{\"a\": [1, \"]\"]}", "null", "\"ü\"", "3"),
            List.of(new ItemError(1, 3, ERROR)));
    assertThat(ItemOutcomes.fromJson(outcomes.toJson())).isEqualTo(outcomes);
  }

  @Test
  void whatIsNoneIsSaid() {
    for (var garbage :
        List.of(
            "",
            "null",
            "[]",
            "{}",
            "{\"results\":[]}",
            "{\"errors\":[]}",
            "x",
            "{\"results\":[1],\"errors\":[{\"item\":0}]}",
            "{\"results\":[1],\"errors\":[{\"item\":0,\"attempts\":1,\"error\":{}}]}",
            "{\"results\":[1],\"errors\":[{\"item\":0,\"attempts\":-1,\"error\":{\"reason\":\"HandlerDied\",\"message\":\"m\"}}]}")) {
      assertThatThrownBy(() -> ItemOutcomes.fromJson(garbage.getBytes(UTF_8)))
          .as(garbage)
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void anItemThatTheBatchDoesNotHaveOrThatIsNamedTwiceIsRefused() {
    assertThat(ItemOutcomes.errors(failed(0, 2), 3)).hasSize(2);
    for (var forged : List.of(failed(0, 3), failed(3, 0), failed(1, 1), failed(2, 1))) {
      assertThatThrownBy(() -> ItemOutcomes.errors(forged, 3))
          .isInstanceOf(UncheckedIOException.class);
      assertThatThrownBy(() -> ItemOutcomes.of(forged, 3)).isInstanceOf(UncheckedIOException.class);
    }
  }

  private static byte[] failed(int... items) {
    var errors = IntStream.of(items).mapToObj(item -> new ItemError(item, 1, ERROR)).toList();
    return new ItemOutcomes(Collections.nCopies(3, "null"), errors).toJson();
  }

  @Test
  void errorsAreCutToWhatTheResultsLeaveAndResultsNever() {
    var error = new BatchError(Reason.HandlerFailed, "m\n".repeat(2000), "E", "s\n".repeat(6000));
    var errors = IntStream.range(0, 100).mapToObj(item -> new ItemError(item, 1, error)).toList();
    var results = Collections.nCopies(100, "\"" + "r".repeat(1000) + "\"");
    var cut = new ItemOutcomes(results, errors).within(Outcome.MAX_BYTES);
    assertThat(cut.toJson().length).isLessThanOrEqualTo(Outcome.MAX_BYTES);
    assertThat(cut.results()).isEqualTo(results);
    assertThat(cut.errors()).hasSize(100);
    assertThat(cut.errors().getFirst().error().message()).startsWith("m\n").endsWith("m\n");
  }

  @Test
  void ofManyErrorsNothingMayBeLeftButThatTheyAre() {
    var error =
        new BatchError(Reason.HandlerFailed, "m".repeat(200), "ValueError", "s".repeat(2000));
    for (var failed : List.of(700, 1_000, 1_300)) {
      var errors =
          IntStream.range(0, failed).mapToObj(item -> new ItemError(item, 1, error)).toList();
      var cut = new ItemOutcomes(Collections.nCopies(failed, "null"), errors);
      assertThat(cut.within(Outcome.MAX_BYTES).toJson().length)
          .isLessThanOrEqualTo(Outcome.MAX_BYTES);
    }
  }

  @Test
  void itemsAreCountedByTheirBatchesOfWhichTheLastOneIsShorter() {
    var tally = new Tally(4);
    tally.outcome(0, Outcome.Kind.SUCCEEDED, 0);
    tally.outcome(1, Outcome.Kind.PARTIAL, 2, 1);
    assertThat(ItemCounts.of(tally.counts(), 35, 10)).isEqualTo(new ItemCounts(35, 18, 2));
    tally.outcome(3, Outcome.Kind.FAILED, 1);
    assertThat(ItemCounts.of(tally.counts(), 35, 10)).isEqualTo(new ItemCounts(35, 18, 7));
    tally.outcome(2, Outcome.Kind.FAILED, 1);
    assertThat(ItemCounts.of(tally.counts(), 35, 10)).isEqualTo(new ItemCounts(35, 18, 17));
    assertThat(tally.partial(10)).containsExactly(1);
  }

  @Test
  void countsThatNoWorkerOfOursWritesMakeSenseEvenSo() {
    var tally = new Tally(2);
    tally.outcome(0, Outcome.Kind.PARTIAL, 1 << 20, 0);
    assertThat(ItemCounts.of(tally.counts(), 15, 10)).isEqualTo(new ItemCounts(15, 0, 10));
  }

  @Test
  void aBatchWithFailedItemsHasSome() {
    assertThatThrownBy(() -> new Outcome(Outcome.Kind.PARTIAL, 1, 0, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ItemOutcomes(List.of("1"), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
